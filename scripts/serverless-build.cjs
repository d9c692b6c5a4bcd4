/** Plugin of osls: refuses a configuration that can't work, bundles the functions, and tidies the template. */
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

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
    const { toFaults } = await import('./settings-faults.ts');
    const { custom, provider, functions, resources } = service;
    const { api, bake, dyndns, tell } = functions;
    const settled = {
      given: readKeys(serviceDir),
      custom,
      region: provider.region,
      environments: {
        api: api.environment,
        bake: bake.environment,
        dyndns: dyndns.environment,
        tell: tell.environment,
      },
      parameters: resources.Parameters,
    };
    const faults = toFaults(settled, processedInput.commands[0] === 'deploy');
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
