/** The runtime client inside a function's process: fetches events from the Lambda Runtime API and answers them. */
'use strict';
const { existsSync } = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { pathToFileURL } = require('node:url');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
// A kept connection may be closed by the other side just as it is used again.
const agent = new http.Agent({ keepAlive: false });

/** The exit statuses of Lambda's own runtime for what nobody caught. */
const exitStatus = { uncaughtException: 129, unhandledRejection: 128 };

let invocationId = null;

main().catch((error) => {
  // The Runtime API is gone, and with it the process that started this one.
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

async function main() {
  // The other end of stdin lives as long as the parent: without it there is nobody to answer to.
  process.stdin.on('end', () => process.exit(1)).resume();
  process.stdin.unref();
  for (const event of Object.keys(exitStatus))
    process.on(event, (error) => void giveUp(error, exitStatus[event]));
  const handler = await loadHandler().catch((error) => giveUp(error, 1));
  for (;;) await serve(handler, await call('GET', 'runtime/invocation/next'));
}

async function serve(handler, { headers, body }) {
  const id = headers['lambda-runtime-aws-request-id'];
  const traceId = headers['lambda-runtime-trace-id'];
  if (traceId) process.env._X_AMZN_TRACE_ID = traceId;
  invocationId = id;
  let answer;
  try {
    const value = await handler(JSON.parse(body), toContext(headers));
    answer = ['response', JSON.stringify(value) ?? 'null'];
  } catch (error) {
    console.error(`Invoke Error\t${JSON.stringify(toError(error))}`);
    answer = ['error', JSON.stringify(toError(error))];
  }
  invocationId = null;
  await call('POST', `runtime/invocation/${id}/${answer[0]}`, answer[1]);
}

function toContext(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    // Real time, whatever Date says: the function's time runs out in real time.
    getRemainingTimeInMillis: () =>
      Math.max(0, Math.floor(deadlineMs - performance.timeOrigin - performance.now())),
  };
}

/** `_HANDLER` is like `functions/reconcile.handler`: a file without its extension, and what it exports. */
async function loadHandler() {
  const [, file, name] = /^(.*)\.([^./]+)$/.exec(process.env._HANDLER) ?? [];
  if (!file) throw named('Runtime.MalformedHandlerName', `Bad handler ${process.env._HANDLER}`);
  const base = path.resolve(process.env.LAMBDA_TASK_ROOT, file);
  const found = ['.js', '.mjs', '.cjs'].map((end) => base + end).find(existsSync);
  if (!found) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  const module = found.endsWith('.mjs') ? await import(pathToFileURL(found).href) : require(found);
  if (typeof module[name] !== 'function')
    throw named('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
  return module[name];
}

/** Tells of an error outside of the handler's own promise, then ends the process, as Lambda does. */
async function giveUp(error, status) {
  const at =
    invocationId === null ? 'runtime/init/error' : `runtime/invocation/${invocationId}/error`;
  console.error(`Uncaught Exception\t${JSON.stringify(toError(error))}`);
  await call('POST', at, JSON.stringify(toError(error))).catch(() => {});
  process.exit(status);
}

function toError(error) {
  if (!(error instanceof Error))
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  const { name, message, stack = '' } = error;
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

function call(method, where, body) {
  return new Promise((resolve, reject) => {
    const options = { agent, hostname, port, method, path: `/2018-06-01/${where}` };
    const request = http.request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode >= 300)
          reject(new Error(`${where}: ${response.statusCode} ${text}`));
        else resolve({ headers: response.headers, body: text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
