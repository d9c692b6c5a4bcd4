/** The HTTP API's Lambda: what people and programs ask for, and change of what is desired. */
import { toHttpHandler } from '../shared/http/service.ts';
import { wireHttp } from '../shared/wire-http.ts';

const { routes, ports } = wireHttp(process.env);

export const handler = toHttpHandler(routes, ports);
