/** What the page could not do though it wanted to: its policy, as a browser keeps it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPage } from './browser.ts';
import { setWebStage, type WebStage } from './stage.ts';

let stage: WebStage;

beforeAll(async () => {
  stage = await setWebStage(1);
});

afterAll(() => stage?.stop());

const refusals: [what: string, attempt: string][] = [
  ['a script in the page', `put('script', { textContent: 'globalThis.hacked = true' })`],
  ['a script from elsewhere', `put('script', { src: 'https://evil.example/x.js' })`],
  ['a handler in an attribute', `put('p').setAttribute('onclick', 'globalThis.hacked = true')`],
  ['a text that becomes script', `put('div').innerHTML = '<b>hello</b>'`],
  ['code made of text', `setTimeout(() => new Function('globalThis.hacked = true')())`],
  ['a style in an attribute', `put('p').setAttribute('style', 'color: red')`],
  ['a picture from elsewhere', `put('img', { src: 'https://evil.example/x.png' })`],
  ['a frame', `put('iframe', { src: '/health' })`],
  ['a request to elsewhere', `fetch('https://evil.example/').catch(() => {})`],
  ['a form', `put('form', { action: '/health', method: 'post' }).submit()`],
  ['a worker', `new Worker('/health')`],
];
it.each(refusals)('refuses %s', async (_, attempt) => {
  const other = await openPage(stage.browser, stage.aws.api.url, { allowed: [/./] });
  const refused = other.page.evaluate<string>(`new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective));
      const put = (name, properties = {}) => {
        const element = Object.assign(document.createElement(name), properties);
        document.body.append(element);
        return element;
      };
      try { ${attempt} } catch (error) { if (error instanceof TypeError) console.log(error) }
    })`);
  expect(await refused).toMatch(/-src|form-action|trusted-types/);
  expect(await other.page.evaluate('globalThis.hacked')).toBeUndefined();
  await other.close();
});
