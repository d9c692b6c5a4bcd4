/** Fault Injection Service, as far as it takes spot instances with AWS's own notice. */
import { getExperiment, startExperiment, stopExperiment } from './fis/experiments.ts';
import {
  createExperimentTemplate,
  deleteExperimentTemplate,
  getAction,
  listExperimentTemplates,
} from './fis/templates.ts';
import type { Operations } from './world.ts';

export const fisOperations: Operations = {
  GetAction: getAction,
  CreateExperimentTemplate: createExperimentTemplate,
  ListExperimentTemplates: listExperimentTemplates,
  DeleteExperimentTemplate: deleteExperimentTemplate,
  StartExperiment: startExperiment,
  GetExperiment: getExperiment,
  StopExperiment: stopExperiment,
};
