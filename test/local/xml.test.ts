/** Any text survives the XML in both directions; what is no XML is never taken for it. */
import { CreateTagsCommand, DescribeTagsCommand } from '@aws-sdk/client-ec2';
import {
  ChangeResourceRecordSetsCommand,
  type ChangeResourceRecordSetsCommandInput,
  GetChangeCommand,
} from '@aws-sdk/client-route-53';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toRequestHandler } from '../../local/in-process.ts';
import { element, escapeXml, parseXml } from '../../local/wire/xml.ts';
import { toClients, toScript, toServices } from './clients.ts';

const script = toScript();
const { ec2, route53 } = toClients({ requestHandler: toRequestHandler(toServices(script)) });

const special = fc.constantFrom(
  '&',
  '<',
  '>',
  '"',
  "'",
  '\r',
  '\n',
  '\t',
  '\u0085',
  '\u2028',
  ']]>',
);
const sound = fc
  .array(fc.oneof(special, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 8 })
  .map((parts) => parts.join('').replace(/[^\t\n\r\u{20}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ''));

/** The SDK takes white space with a line end for indentation, and empties it. */
const kept = sound.filter((text) => text.trim() !== '' || !text.includes('\n'));

const info = { Id: 'C', Status: 'PENDING', SubmittedAt: new Date(0) };

test('a text survives the way there', async () => {
  await fc.assert(
    fc.asyncProperty(sound, async (text) => {
      script.asked = [];
      script.says = () => ({ ChangeInfo: info });
      const ResourceRecordSet = { Name: text, Type: 'TXT', ResourceRecords: [{ Value: text }] };
      const change = {
        HostedZoneId: 'Z',
        ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
      } as ChangeResourceRecordSetsCommandInput;
      const tags = { Resources: ['i-1'], Tags: [{ Key: text, Value: text }] };
      await route53.send(new GetChangeCommand({ Id: `x${text}` }));
      await route53.send(new ChangeResourceRecordSetsCommand(change));
      await ec2.send(new CreateTagsCommand(tags));
      const asked = script.asked.map(([, , input]) => input);
      expect(asked).toEqual([{ Id: `x${text}` }, change, tags]);
    }),
  );
});

test('a text survives the way back', async () => {
  await fc.assert(
    fc.asyncProperty(kept, async (text) => {
      const ChangeInfo = { ...info, Id: text, Comment: text };
      script.says = () => ({ ChangeInfo });
      const change = await route53.send(new GetChangeCommand({ Id: 'C' }));
      expect(change.ChangeInfo).toEqual(ChangeInfo);
      script.says = () => ({ Tags: [{ Key: text, Value: text }] });
      const { Tags } = await ec2.send(new DescribeTagsCommand());
      expect(Tags).toEqual([{ Key: text, Value: text }]);
    }),
  );
});

test('what XML can not carry becomes U+FFFD in answers', () => {
  expect(escapeXml('a\u0000b\u001f\ud800c\uffff')).toBe('a\ufffdb\ufffd\ufffdc\ufffd');
});

test('our own XML reads back', () => {
  fc.assert(
    fc.property(sound, (text) => {
      const xml = element('a', element('b', escapeXml(text)) + element('c', ''), 'urn:x');
      expect(parseXml(`<?xml version="1.0"?>\n<!-- -->${xml} `)).toEqual({
        name: 'a',
        text: '',
        children: [
          { name: 'b', text, children: [] },
          { name: 'c', text: '', children: [] },
        ],
      });
    }),
  );
});

test.each([
  '',
  ' ',
  'text',
  '<a>',
  '</a>',
  '<a></b>',
  '<a></a/>',
  '<a/><b/>',
  '<a/>text',
  'text<a/>',
  '<a x="1"/>',
  '<a>&nbsp;</a>',
  '<a>&constructor;</a>',
  '<a>& </a>',
  '<a>&#0;</a>',
  '<a>&#xD800;</a>',
  '<a>&#x110000;</a>',
  '<a>\u0001</a>',
  '<a><![CDATA[x]]></a>',
  '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
  '<a><!-- </a>',
  '<?xml version="1.0"?>',
])('%j is no document', (xml) => {
  expect(parseXml(xml)).toBeNull();
});

test('no text brings the parser down, nor keeps it long', () => {
  const part = fc.constantFrom(
    '<',
    '>',
    '/',
    'a',
    ' ',
    '&',
    ';',
    '<a>',
    '</a>',
    '<!--',
    '-->',
    'xmlns="',
    '<?',
  );
  fc.assert(fc.property(fc.array(part), (parts) => void parseXml(parts.join(''))));
  const long = 2 ** 20;
  for (const xml of [
    '<a'.repeat(long / 2),
    `<a${' '.repeat(long)}`,
    '<a>'.repeat(long / 3),
    `<a>${'&'.repeat(long)}`,
  ])
    expect(parseXml(xml)).toBeNull();
});
