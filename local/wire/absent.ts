/** What osls asks for and nobody here has: a bucket in S3 and a repository in ECR. Whatever is asked, it is not there. */
import { AwsFault } from '../fault.ts';
import { toAwsJson } from './aws-json.ts';
import type { Protocol } from './protocol.ts';
import { declaration, element, escapeXml } from './xml.ts';

export const noRepositories: Protocol = {
  ...toAwsJson('ecr', 'AmazonEC2ContainerRegistry_V20150921'),
  decode() {
    throw new AwsFault('RepositoryNotFoundException', 'The repository does not exist.');
  },
};

export const noBuckets: Protocol = {
  decode() {
    throw new AwsFault('NoSuchBucket', 'The specified bucket does not exist', 404);
  },
  encode() {
    throw new Error('S3 answers nothing here');
  },
  encodeFault: ({ code, message, status }, requestId) => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body:
      declaration +
      element(
        'Error',
        element('Code', escapeXml(code)) +
          element('Message', escapeXml(message)) +
          element('RequestId', requestId),
      ),
  }),
};
