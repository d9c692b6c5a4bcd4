/** Names the class of one error, as code may, and prints whether the error that came is of that class. */
import {
  DeleteParameterCommand,
  ParameterNotFound,
  SSMClient,
  SSMServiceException,
} from '@aws-sdk/client-ssm';

const client = new SSMClient({
  region: 'us-east-1',
  endpoint: process.env.AWS_ENDPOINT_URL ?? '',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'an-example-and-no-secret' },
});

client.send(new DeleteParameterCommand({ Name: '/perennial' })).catch((error) => {
  const named = error instanceof ParameterNotFound;
  const base = error instanceof SSMServiceException;
  console.log(JSON.stringify({ named, base, name: error.name }));
  process.exit();
});
