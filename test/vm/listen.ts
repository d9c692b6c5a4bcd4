/** Listens in whatever namespace it is started in, and hands the socket to its parent. Arguments: address, port. */
import { createServer } from 'node:net';

const [, , address, port] = process.argv;
const server = createServer();
server.listen(Number(port), address, () => process.send?.('listens', server));
// From then on every connection is the parent's.
process.once('disconnect', () => process.exit());
