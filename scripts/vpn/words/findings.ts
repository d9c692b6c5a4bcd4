/** What was found, for people: in the order of the checks, each with its remedy. */
import type { Finding, Level, Part } from '../doctor/model.ts';
import { type Paint, paint } from '../screen.ts';

const marks: Record<Level, [text: string, color: Parameters<Paint>[0]]> = {
  good: ['ok', 'green'],
  warning: ['warn', 'yellow'],
  bad: ['FAIL', 'red'],
  unknown: ['?', 'magenta'],
  moot: ['-', 'dim'],
};

const titles: Record<Part, string> = {
  account: 'Before a deployment',
  vpn: 'The VPN',
};

const markWidth = Math.max(...Object.values(marks).map(([text]) => text.length));

export function toFindingsText(findings: Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const parts = (Object.keys(titles) as Part[]).map((part) => {
    const own = findings.filter((one) => one.part === part);
    return own.length ? [titles[part], ...own.map((one) => toLine(one, width)), ''] : [];
  });
  return [...parts.flat(), toSummary(findings)].join('\n');
}

function toLine({ level, name, says, remedy }: Finding, width: number): string {
  const [text, color] = marks[level];
  const mark = paint(color, text) + ' '.repeat(markWidth - text.length);
  const line = `  ${mark}  ${name.padEnd(width)}  ${says}`;
  return remedy
    ? `${line}\n${' '.repeat(markWidth + width + 6)}${paint('cyan', '→')} ${remedy}`
    : line;
}

function toSummary(findings: Finding[]): string {
  const count = (level: Level) => findings.filter((one) => one.level === level).length;
  const [broken, odd, open] = [count('bad'), count('warning'), count('unknown')];
  if (!broken && !odd && !open) return `All is well: ${findings.length} checks.`;
  const said = [
    ...(broken ? [`${broken} ${broken === 1 ? 'thing is' : 'things are'} broken`] : []),
    ...(odd ? [`${odd} should be looked at`] : []),
    ...(open ? [`${open} could not be checked`] : []),
  ];
  return `${said.join(', ')}, of ${findings.length} checks.`;
}
