/** What is built and deployed: its files, and a copy of it with a leak. */
import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';

/** Every text of a package: the files, what is in the zips, and the page in the API's bundle. */
export async function readTexts(packageDir: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const name of await readdir(packageDir)) {
    const bytes = await readFile(join(packageDir, name));
    if (!name.endsWith('.zip')) texts.set(name, bytes.toString());
    else
      for (const [file, content] of Object.entries(unzipSync(bytes)))
        texts.set(`${name}/${file}`, Buffer.from(content).toString());
  }
  const pages = [...texts].flatMap(([name, text]) =>
    [...text.matchAll(/"(H4sI[\w+/=]{1000,})"/g)].map(([, page = ''], index): [string, string] => [
      `${name}, page ${index}`,
      gunzipSync(Buffer.from(page, 'base64')).toString(),
    ]),
  );
  return new Map([...texts, ...pages]);
}

/** The same package, but that the API logs whatever it answers. */
export async function toFunctionsThatTalk(packageDir: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'perennial-talking-'));
  await cp(packageDir, copy, { recursive: true });
  const files = unzipSync(await readFile(join(copy, 'api.zip')));
  const [name, content] = Object.entries(files).find(([file]) => file.endsWith('api.js')) ?? [];
  if (!name || !content) throw new Error('The package has no API');
  const talking = `${Buffer.from(content).toString()}
const { handler } = module.exports;
module.exports = {
  async handler(...asked) {
    const answer = await handler(...asked);
    console.log(answer.body);
    return answer;
  },
};
`;
  await writeFile(join(copy, 'api.zip'), zipSync({ ...files, [name]: Buffer.from(talking) }));
  return copy;
}
