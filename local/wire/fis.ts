/** What Fault Injection Service is asked to take a spot instance; typed by hand, in the SDK's notation, as its client is not installed. */

const namespace = 'com.amazonaws.fis';
const [string, number, time, strings, texts] = [0, 1, 4, 64, 128];
const label = [string, 1];
const query = (httpQuery: string, kind: unknown) => [kind, { httpQuery }];

/** The first `required` of the members are. */
function structure(name: string, members: Record<string, unknown>, required = 0): unknown[] {
  const keys = Object.keys(members);
  return [3, namespace, name, 0, keys, Object.values(members), ...(required ? [required] : [])];
}

const list = (name: string, item: unknown) => [1, namespace, name, 0, item];
const map = (name: string, value: unknown) => [2, namespace, name, 0, string, value];

const stopCondition = structure('StopCondition', { source: string, value: string }, 1);
const target = structure(
  'Target',
  { resourceType: string, selectionMode: string, resourceArns: strings, resourceTags: texts },
  2,
);
const ofAction = { actionId: string, description: string, parameters: texts, targets: texts };
const plan = {
  stopConditions: list('StopConditionList', stopCondition),
  targets: map('TargetMap', target),
};
const template = structure('ExperimentTemplate', {
  id: string,
  arn: string,
  description: string,
  roleArn: string,
  ...plan,
  actions: map('ActionMap', structure('ExperimentTemplateAction', ofAction)),
  creationTime: time,
  lastUpdateTime: time,
  tags: texts,
});
const state = structure('ExperimentState', {
  status: string,
  reason: string,
  error: structure('ExperimentError', { accountId: string, code: string, location: string }),
});
const running = structure('ExperimentAction', {
  ...ofAction,
  state: structure('ExperimentActionState', { status: string, reason: string }),
  startTime: time,
  endTime: time,
});
const experiment = structure('Experiment', {
  id: string,
  arn: string,
  experimentTemplateId: string,
  roleArn: string,
  state,
  ...plan,
  actions: map('ExperimentActionMap', running),
  creationTime: time,
  startTime: time,
  endTime: time,
  tags: texts,
});
const action = structure('Action', { id: string, arn: string, description: string });

function operation(name: string, http: string, input: unknown[], output: unknown[]) {
  const [method, path] = http.split(' ');
  return [9, namespace, name, { http: [method, path, 200] }, input, output];
}

const byId = (name: string) => structure(`${name}Request`, { id: label }, 1);
const ofTemplate = structure('ExperimentTemplateResponse', { experimentTemplate: template });
const ofExperiment = structure('ExperimentResponse', { experiment });

export const fisOperations = [
  operation(
    'GetAction',
    'GET /actions/{id}',
    byId('GetAction'),
    structure('GetActionResponse', { action }),
  ),
  operation(
    'CreateExperimentTemplate',
    'POST /experimentTemplates',
    structure(
      'CreateExperimentTemplateRequest',
      {
        clientToken: string,
        description: string,
        stopConditions: plan.stopConditions,
        actions: map('ActionInputMap', structure('ActionInput', ofAction, 1)),
        roleArn: string,
        targets: plan.targets,
        tags: texts,
      },
      5,
    ),
    ofTemplate,
  ),
  operation(
    'DeleteExperimentTemplate',
    'DELETE /experimentTemplates/{id}',
    byId('DeleteExperimentTemplate'),
    ofTemplate,
  ),
  operation(
    'ListExperimentTemplates',
    'GET /experimentTemplates',
    structure('ListExperimentTemplatesRequest', {
      maxResults: query('maxResults', number),
      nextToken: query('nextToken', string),
    }),
    structure('ListExperimentTemplatesResponse', {
      experimentTemplates: list(
        'ExperimentTemplateSummaryList',
        structure('ExperimentTemplateSummary', {
          id: string,
          arn: string,
          description: string,
          creationTime: time,
          lastUpdateTime: time,
          tags: texts,
        }),
      ),
      nextToken: string,
    }),
  ),
  operation(
    'StartExperiment',
    'POST /experiments',
    structure(
      'StartExperimentRequest',
      { clientToken: string, experimentTemplateId: string, tags: texts },
      2,
    ),
    ofExperiment,
  ),
  operation('GetExperiment', 'GET /experiments/{id}', byId('GetExperiment'), ofExperiment),
  operation('StopExperiment', 'DELETE /experiments/{id}', byId('StopExperiment'), ofExperiment),
];
