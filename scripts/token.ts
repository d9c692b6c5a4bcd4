/** Makes a token for the HTTP API: shows it in the terminal, and writes to stdout what is kept of it. */
import { newToken } from '../shared/http/token.ts';

const { token, stored } = newToken();
console.error(`The token of the HTTP API, which nobody can show again: ${token}`);
console.log(JSON.stringify(stored));
