/** Makes a client as none of ours is made, and prints what comes of it. */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

new SSMClient({ region: 'us-east-1' })
  .send(new GetParameterCommand({ Name: '/perennial' }))
  .catch(({ message }) => console.log(message));
