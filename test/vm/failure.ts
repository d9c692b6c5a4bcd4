/** What breaks on a real server, what the server then says, and what its users notice. */
import { beforeAll, expect, test } from 'vitest';
import type { Report } from '../image/cloud.ts';
import { dial, gone, hangUp } from './dial.ts';
import { addPerson, type Person, reach } from './people.ts';
import { agent, letIn, type Stage } from './stage.ts';
import { lower, makeKeys, raise, toUser } from './tunnel.ts';

const secretsPath = '/run/perennial/chap-secrets';
const keptPath = '/var/lib/perennial/secrets.json';

/** An agent that dies in front of its nth rename, with a file written and not yet in its place. */
const mortal = `
import os, runpy, signal, sys
left = int(os.environ['DIE_AT'])
rename = os.rename
def die_or_rename(*paths):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    rename(*paths)
os.rename = die_or_rename
runpy.run_path('/usr/local/lib/perennial/agent', run_name='__main__')
`;

const dropIn = '/run/systemd/system/perennial-agent.service.d';
const toMortal = (at: number) => `
cat >/run/mortal <<'END'${mortal}END
mkdir -p ${dropIn}
cat >${dropIn}/mortal.conf <<'END'
[Service]
Environment=DIE_AT=${at}
ExecStart=
ExecStart=/usr/bin/python3 -IB /run/mortal run
Restart=no
END`;
/** fay's password, as it is kept. */
const showKept = `python3 -c '
import json
kept = json.load(open("${keptPath}"))
print(json.loads(kept["desired"])["users"]["fay"]["secret"]["password"], end="")'`;

export function testFailure(toStage: () => Stage): void {
  const keys = makeKeys('10.40.2.77');
  let stage: Stage;
  let fay: Person;
  let version = 0;
  /** Gives fay a new password, of which Parameter Store alone knows. */
  const change = () => {
    version += 1;
    const password = `password-${version}`;
    stage.cloud.putUser('fay', { ...toUser(keys), password });
    return password;
  };
  const tryOut = async (password: string) => {
    await hangUp(stage.client);
    return dial(fay, stage.address, { user: 'fay', password });
  };
  const reported = (isSo: (report: Report) => boolean) => stage.cloud.reported(isSo);

  beforeAll(async () => {
    stage = toStage();
    fay = await addPerson(stage.client, 'fay', 30);
    change();
    await letIn(stage);
  });

  test('pptpd is killed: sessions end, and the next login succeeds', async () => {
    expect(await tryOut(`password-${version}`)).toMatchObject({ connected: true });
    await stage.server.must('systemctl kill -s KILL pptpd');
    await fay.must(gone);
    await stage.server.until('ss -Hltn | grep -q :1723');
    expect(await tryOut(`password-${version}`)).toMatchObject({ connected: true });
  });

  test('pptpd can not be started: that is reported, and when it is over, too', async () => {
    const fails = reported(({ serving }) => serving.pptp === false);
    await stage.server.must('chmod -x /usr/sbin/pptpd; systemctl kill -s KILL pptpd');
    expect(await fails).toMatchObject({
      serving: { pptp: false, wireguard: true },
      problem: expect.stringContaining('pptp: pptpd does not listen.'),
    });
    const serves = reported(({ serving }) => serving.pptp === true);
    await stage.server.must('chmod +x /usr/sbin/pptpd');
    expect(await serves).not.toHaveProperty('problem');
  });

  test('the disk is full: a new password counts, though it can not be kept', async () => {
    const { server } = stage;
    const before = await server.must(`cat ${keptPath}`);
    await server.must(`
      mkdir /var/tmp/full
      for size in 1G 64M 4M 256K 4K; do
        while fallocate -l $size /var/tmp/full/$((n += 1)) 2>/dev/null; do :; done
      done`);
    const says = reported(({ problem }) => Boolean(problem?.includes('No space left')));
    const password = change();
    expect(await server.run('/usr/local/lib/perennial/agent apply-secrets')).toMatchObject({
      output: expect.stringContaining('disk: [Errno 28] No space left on device.'),
    });
    expect(await says).toMatchObject({ serving: { pptp: true, wireguard: true } });
    expect(await tryOut(password)).toMatchObject({ connected: true });
    expect(await server.must(`cat ${keptPath}`)).toBe(before);
    await server.must('rm -r /var/tmp/full');
    const over = reported(({ problem }) => problem === undefined);
    await letIn(stage);
    await over;
    expect(await server.must(`cat ${keptPath}`)).toContain(password);
  });

  test('the agent is killed again and again in the middle of a change: every file is the old one or the new one', async () => {
    const { server } = stage;
    const passwords = [`password-${version}`];
    // Of the file of secrets, of the one that is kept, and of those whose sessions are to end.
    for (const at of [1, 2, 3]) {
      passwords.push(change());
      await server.must(`${toMortal(at)}
        systemctl daemon-reload
        systemctl restart perennial-agent || true`);
      await server.until('systemctl is-failed perennial-agent');
      expect(await server.must('systemctl show -P ExecMainStatus perennial-agent')).toBe('9\n');
      const lines = passwords.map((password) => `"fay" pptpd "${password}" *`);
      expect(lines).toContain((await server.must(`grep fay ${secretsPath}`)).trim());
      expect(passwords).toContain(await server.must(showKept));
      expect(await server.must(`stat -c %a ${secretsPath} ${keptPath}`)).toBe('600\n600\n');
    }
    // The VPN goes on without its agent, by the secret that stands.
    const stands = await server.must(
      `sed -n 's/^"fay" pptpd "\\(.*\\)" \\*$/\\1/p' ${secretsPath}`,
    );
    expect(await tryOut(stands.trim())).toMatchObject({ connected: true });
    const last = change();
    await server.must(`
      rm -r ${dropIn}
      systemctl daemon-reload
      systemctl restart perennial-agent`);
    await fay.must(gone);
    expect(await tryOut(last)).toMatchObject({ connected: true });
  });

  test('the clock is an hour ahead: the server says so, and lets its users in', async () => {
    const { server } = stage;
    const says = reported(({ problem }) => Boolean(problem?.includes('The clock is')));
    await server.must('systemctl stop systemd-timesyncd; date -s "+1 hour"');
    await letIn(stage);
    const report = await says;
    expect(report.problem).toMatch(/^The clock is 3[56]\d\d s ahead of AWS's\.$/);
    expect(Math.abs(Date.parse(report.at) - Date.now())).toBeLessThan(300_000);
    expect(await tryOut(`password-${version}`)).toMatchObject({ connected: true });
    await hangUp(stage.client);
    await raise(fay, { address: stage.address, publicKey: stage.publicKey }, keys);
    await fay.must(reach('10.40.2.1'));
    await lower(fay);
    const over = reported(({ problem }) => problem === undefined);
    await server.must('systemctl start systemd-timesyncd');
    await server.until('[ -e /run/systemd/timesync/synchronized ]');
    await letIn(stage);
    await over;
  });

  test('the kernel panics while Parameter Store is out of reach: it comes back by itself, with the last good secrets', async () => {
    const { server } = stage;
    await raise(fay, { address: stage.address, publicKey: stage.publicKey }, keys);
    await fay.must(reach('10.40.2.1'));
    stage.cut(true);
    await server.panic();
    // WireGuard's client begins again by itself.
    await fay.must(reach('10.40.2.1'));
    await lower(fay);
    await server.until(`/usr/local/lib/perennial/agent report | grep -q '"pptp": true'`);
    expect(await tryOut(`password-${version}`)).toMatchObject({ connected: true });
    expect((await agent(stage)).problem).toContain('The secrets could not be had');
    const back = reported(({ serving }) => Boolean(serving.pptp && serving.wireguard));
    stage.cut(false);
    await back;
  });
}
