/** The one Lambda whose role may read users' secrets: a user's profile for a system, behind the API's token. */
import { toHttpHandler } from '../shared/http/service.ts';
import { wireProfile } from '../shared/wire-profile.ts';

const { routes, ports } = wireProfile(process.env);

export const handler = toHttpHandler(routes, ports);
