/** The HTTP API's Lambda: what people and programs ask for, and change of what is desired. */
import { type Page, toDashboard } from '../shared/http/dashboard.ts';
import { toHttpHandler } from '../shared/http/service.ts';
import { wireHttp } from '../shared/wire-http.ts';

/** The build puts it here. */
declare const dashboardPage: Page;

const { routes, ports } = wireHttp(process.env);

export const handler = toHttpHandler([toDashboard(dashboardPage), ...routes], ports);
