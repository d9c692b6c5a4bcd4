/** Uses all of a service, so that nothing of it can be left out: such a bundle must be refused. */
import * as ec2 from '@aws-sdk/client-ec2';

console.log(ec2);
