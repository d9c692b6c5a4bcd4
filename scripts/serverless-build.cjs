/** Plugin of osls: refuses a configuration that can't work, bundles the functions, and tidies the template. */
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** What serverless.yml has for want of anything better. */
const examples = { name: 'vpn.example.org', zoneId: 'Z0EXAMPLE' };

module.exports = class ServerlessBuild {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'before:package:createDeploymentArtifacts': async () => {
        const { build } = await import('./build.ts');
        await build(join(serverless.serviceDir, 'build'));
      },
      'before:aws:package:finalize:saveServiceState': () =>
        tidy(serverless.service.provider.compiledCloudFormationTemplate),
    };
  }

  /** Runs before osls has looked at anything itself, so that a person reads of all faults at once. */
  async asyncInit() {
    const { service, serviceDir, processedInput, classes } = this.serverless;
    const faults = [
      ...toKeyFaults(service.custom, readKeys(serviceDir), processedInput.commands[0]),
      ...(await toFunctionFaults(service)),
      ...toParameterFaults(service.resources.Parameters),
    ];
    const message = ['perennial.yml is not usable; nothing was changed.', ...faults].join('\n  ');
    if (faults.length > 0) throw new classes.Error(message, 'PERENNIAL_YML');
  }
};

/** Takes out what osls always adds and nobody needs. */
function tidy({ Resources, Outputs }) {
  // A route's target says the same, and cfn-lint warns of it.
  for (const resource of Object.values(Resources))
    if (resource.Type === 'AWS::ApiGatewayV2::Route') delete resource.DependsOn;
  // A region takes a name of an export once: a second VPN there could not be deployed.
  for (const output of Object.values(Outputs)) delete output.Export;
}

/** What stands before the colon in each line that is not blank, a comment or the rest of the line above. */
function readKeys(serviceDir) {
  const file = join(serviceDir, 'perennial.yml');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => /^[^\s#-]/.test(line)).map((line) => line.split(':')[0].trim());
}

function toKeyFaults(custom, given, command) {
  const keys = Object.keys(custom);
  const faults = given
    .filter((key) => !keys.includes(key))
    .map((key) => `${key}: is no key; there are ${keys.join(', ')}`);
  // IAM compares the name letter by letter, Route 53 does not.
  for (const key of ['name', 'home'])
    if (custom[key] !== String(custom[key]).toLowerCase())
      faults.push(`${key}: is in small letters`);
  // The examples would deploy, and then the name would never move.
  if (command === 'deploy')
    for (const [key, example] of Object.entries(examples))
      if (custom[key] === example) faults.push(`${key}: is missing, and only you know it`);
  return faults;
}

/** What the functions themselves would say once they run. */
async function toFunctionFaults({ provider, functions }) {
  const { readConfig } = await import('../shared/config.ts');
  const { readDyndnsConfig } = await import('../shared/dyndns/config.ts');
  const { readTellConfig } = await import('../shared/tell/config.ts');
  const toFaults = ({ environment }, read) => toConfigFaults(environment, provider.region, read);
  const faults = [
    ...toFaults(functions.api, readConfig),
    ...toFaults(functions.dyndns, readDyndnsConfig),
    ...toFaults(functions.tell, readTellConfig),
  ];
  return [...new Set(faults)];
}

function toConfigFaults(environment, region, read) {
  const env = { AWS_REGION: region };
  for (const [key, value] of Object.entries(environment))
    env[key] = typeof value === 'object' ? toDeployed(value['Fn::Sub']) : String(value);
  try {
    read(env);
    return [];
  } catch (error) {
    const lines = error.message.split('\n').slice(1);
    return lines.map((line) => line.trim().replace(/^[A-Z_]+/, toKey));
  }
}

/** Only CloudFormation knows launch templates and the API's address. */
function toDeployed(text) {
  if (/^\$\{\w+Template\}:/.test(text)) return 'lt-0:1';
  return text.replaceAll(/\$\{[^}]+\}/g, 'deployed');
}

/** PERENNIAL_ZONE_ID is zoneId, and AWS_REGION is region. */
function toKey(variable) {
  const [, first, ...rest] = variable.toLowerCase().split('_');
  return first + rest.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}

/** What CloudFormation would say of the template's parameters. */
function toParameterFaults(parameters) {
  return Object.entries(parameters)
    .filter(([, { AllowedPattern, Default }]) => !new RegExp(AllowedPattern ?? '').test(Default))
    .map(([name, { ConstraintDescription }]) => {
      const key = name[0].toLowerCase() + name.slice(1);
      return `${key}: ${ConstraintDescription}`;
    });
}
