/** Launch templates: a numbered set of versions under an id and a name. */
import type {
  CreateLaunchTemplateCommandInput,
  DescribeLaunchTemplatesCommandInput,
  LaunchTemplate,
  LaunchTemplateSpecification,
  RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';

export interface TemplateRecord {
  id: string;
  name: string;
  versions: RequestLaunchTemplateData[];
  createdAt: number;
}

export function createLaunchTemplate(
  world: World,
  { LaunchTemplateName: name, LaunchTemplateData: data }: CreateLaunchTemplateCommandInput,
): { LaunchTemplate: LaunchTemplate } {
  if (!name || !data)
    throw new AwsFault('MissingParameter', 'LaunchTemplateName and LaunchTemplateData are needed');
  if ([...world.templates.values()].some((template) => template.name === name))
    throw new AwsFault(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      `Launch template name already in use: ${name}`,
    );
  const record = addTemplate(world, `lt-${world.random.hex(17)}`, name, data);
  return { LaunchTemplate: toLaunchTemplate(record) };
}

export function addTemplate(
  { templates, timers }: World,
  id: string,
  name: string,
  data: RequestLaunchTemplateData,
): TemplateRecord {
  const record = { id, name, versions: [data], createdAt: timers.now };
  templates.set(id, record);
  return record;
}

export function describeLaunchTemplates(
  world: World,
  { LaunchTemplateIds, LaunchTemplateNames }: DescribeLaunchTemplatesCommandInput,
): { LaunchTemplates: LaunchTemplate[] } {
  for (const LaunchTemplateId of LaunchTemplateIds ?? []) findTemplate(world, { LaunchTemplateId });
  const chosen = [...world.templates.values()].filter(
    ({ id, name }) =>
      (!LaunchTemplateIds || LaunchTemplateIds.includes(id)) &&
      (!LaunchTemplateNames || LaunchTemplateNames.includes(name)),
  );
  return { LaunchTemplates: chosen.map(toLaunchTemplate) };
}

/** The data of the version asked for. */
export function findTemplate(
  { templates }: World,
  { LaunchTemplateId, LaunchTemplateName, Version = '$Default' }: LaunchTemplateSpecification,
): RequestLaunchTemplateData {
  const template =
    templates.get(LaunchTemplateId ?? '') ??
    [...templates.values()].find(({ name }) => name === LaunchTemplateName);
  if (!template) throw toMissing(LaunchTemplateId, LaunchTemplateName);
  const numbers: Record<string, number> = { $Default: 1, $Latest: template.versions.length };
  const data = template.versions[(numbers[Version] ?? Number(Version)) - 1];
  if (!data)
    throw new AwsFault(
      'InvalidLaunchTemplateId.VersionNotFound',
      `Could not find the specified version ${Version} for the launch template with ID ${template.id}.`,
    );
  return data;
}

function toMissing(id: string | undefined, name: string | undefined): AwsFault {
  return id === undefined
    ? new AwsFault(
        'InvalidLaunchTemplateName.NotFoundException',
        `The specified launch template, with template name ${name}, does not exist.`,
      )
    : new AwsFault(
        'InvalidLaunchTemplateId.NotFound',
        `The specified launch template, with template ID ${id}, does not exist.`,
      );
}

function toLaunchTemplate({ id, name, versions, createdAt }: TemplateRecord): LaunchTemplate {
  return {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    CreateTime: new Date(createdAt),
    DefaultVersionNumber: 1,
    LatestVersionNumber: versions.length,
  };
}
