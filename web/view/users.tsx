/** Who may connect: add, rotate, remove, and what each of them needs on a device. */
import { useState } from 'preact/hooks';
import type { Shown, User } from '../data/answers.ts';
import { useAnswer, useDeed, type View } from '../data/hooks.ts';
import { toAgo, toMoment, toShortDay } from '../data/words.ts';
import { Button, Confirm } from '../ui/button.tsx';
import { Card, Stale, Trouble } from '../ui/parts.tsx';
import { AddUser } from './add-user.tsx';
import { ProfileDialog } from './profile.tsx';

type Open = { kind: 'add' } | { kind: 'profile'; user: string };

interface Props extends View {
  now: number;
  /** Takes new secrets, which nobody gets to see again. */
  onShown: (shown: Shown) => void;
}

export function UsersCard({ api, revision, now, onShown }: Props) {
  const { value, error, reload } = useAnswer(() => api.get<{ users: User[] }>('/users'), revision);
  const [open, setOpen] = useState<Open | null>(null);
  const deed = useDeed();
  const close = () => setOpen(null);
  const show = (shown: Shown) => {
    close();
    onShown(shown);
  };
  // An answer may be lost, and what was asked be done all the same.
  const change = (work: () => Promise<void>) => deed.run(() => work().finally(reload));
  const rotate = ({ name }: User) =>
    change(async () => show(await api.send<Shown>('POST', `/users/${name}/rotate`, {})));
  const remove = ({ name }: User) => change(() => api.send<void>('DELETE', `/users/${name}`));
  return (
    <Card
      title="Users"
      area="users"
      loading={!value && !error}
      aside={<Button onClick={() => setOpen({ kind: 'add' })}>Add</Button>}
    >
      <Stale says={error} known={value !== null} />
      <Trouble says={deed.error} />
      {value && !value.users.length && <p class="quiet">Nobody yet: add the first.</p>}
      <ul class="people">
        {value?.users.map((user) => (
          <li key={user.name}>
            <div>
              <strong>{user.name}</strong>
              <p class="quiet">{toWords(user, now)}</p>
            </div>
            <div class="actions">
              <Button
                kind="quiet"
                label={`Profile of ${user.name}`}
                onClick={() => setOpen({ kind: 'profile', user: user.name })}
              >
                Profile
              </Button>
              <Confirm
                verb="Rotate"
                what={user.name}
                busy={deed.busy}
                onConfirm={() => rotate(user)}
              />
              <Confirm
                verb="Remove"
                what={user.name}
                busy={deed.busy}
                onConfirm={() => remove(user)}
              />
            </div>
          </li>
        ))}
      </ul>
      {open?.kind === 'add' && (
        <AddUser api={api} onAdded={show} onTried={reload} onClose={close} />
      )}
      {open?.kind === 'profile' && <ProfileDialog api={api} user={open.user} onClose={close} />}
    </Card>
  );
}

function toWords({ rotated, expires, grace, applied, ownKey }: User, now: number): string {
  return [
    `secrets made ${toAgo(rotated, now)}`,
    ...(applied ? [] : ['not yet on the server']),
    ...(grace ? [`old ones hold until ${toMoment(grace.until, now)}`] : []),
    ...(expires ? [`until ${toShortDay(expires)}`] : []),
    ...(ownKey ? ['own key'] : []),
  ].join(', ');
}
