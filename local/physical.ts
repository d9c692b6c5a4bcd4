/** What AWS calls a resource once it is deployed: names and ARNs that follow from the template alone. */
import type { Pseudo, Resource } from './intrinsics.ts';

interface Kind {
  /** The property that gives the name, if there is one. */
  nameKey?: string;
  attributes: (name: string, pseudo: Pseudo) => Record<string, string>;
}

const kinds: Record<string, Kind> = {
  'AWS::Lambda::Function': kind('FunctionName', (n, p) => ({
    Ref: n,
    Arn: arn(p, 'lambda', `function:${n}`),
  })),
  'AWS::Events::Rule': kind('Name', (n, p) => ({ Ref: n, Arn: arn(p, 'events', `rule/${n}`) })),
  'AWS::IAM::Role': kind('RoleName', (n, p) => ({
    Ref: n,
    Arn: arn({ ...p, Region: '' }, 'iam', `role/${n}`),
  })),
  'AWS::IAM::InstanceProfile': kind('InstanceProfileName', (n, p) => ({
    Ref: n,
    Arn: arn({ ...p, Region: '' }, 'iam', `instance-profile/${n}`),
  })),
  'AWS::SQS::Queue': kind('QueueName', (n, p) => ({
    Ref: `https://sqs.${p.Region}.${p.URLSuffix}/${p.AccountId}/${n}`,
    Arn: arn(p, 'sqs', n),
    QueueName: n,
  })),
  'AWS::SNS::Topic': kind('TopicName', (n, p) => ({
    Ref: arn(p, 'sns', n),
    TopicArn: arn(p, 'sns', n),
    TopicName: n,
  })),
  'AWS::Logs::LogGroup': kind('LogGroupName', (n, p) => ({
    Ref: n,
    Arn: arn(p, 'logs', `log-group:${n}:*`),
  })),
  'AWS::S3::Bucket': kind('BucketName', (n, p) => ({
    Ref: n,
    Arn: arn({ ...p, Region: '', AccountId: '' }, 's3', n),
  })),
  'AWS::SSM::Document': kind('Name', (n) => ({ Ref: n })),
  'AWS::SSM::Parameter': kind('Name', (n) => ({ Ref: n })),
  // API Gateway gives ids that nobody else has to know: any will do.
  'AWS::ApiGatewayV2::Api': { attributes: (n) => ({ Ref: n }) },
  'AWS::ApiGatewayV2::Integration': { attributes: (n) => ({ Ref: n }) },
  // EC2 gives the id: only a deployment knows it.
  'AWS::EC2::LaunchTemplate': kind('LaunchTemplateName', () => ({})),
};

/** The property of this resource that holds its name, if names of this kind are known at all. */
export function nameKeyOf({ Type }: Resource): string | undefined {
  return kinds[Type]?.nameKey;
}

/** The name that CloudFormation makes up has a random end; here it has none. */
export function madeUpName(logicalId: string, pseudo: Pseudo): string {
  return `${pseudo.StackName}-${logicalId}`;
}

export function attributesOf(
  { Type }: Resource,
  name: string,
  pseudo: Pseudo,
): Record<string, string> {
  return kinds[Type]?.attributes(name, pseudo) ?? {};
}

function kind(nameKey: string, attributes: Kind['attributes']): Kind {
  return { nameKey, attributes };
}

function arn({ Partition, Region, AccountId }: Pseudo, service: string, resource: string): string {
  return `arn:${Partition}:${service}:${Region}:${AccountId}:${resource}`;
}
