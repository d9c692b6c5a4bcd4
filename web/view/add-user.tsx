/** Adds a user: a name, and for those who want it an end and a key of their own. */
import { useState } from 'preact/hooks';
import type { Shown } from '../data/answers.ts';
import type { Api } from '../data/api.ts';
import { useDeed } from '../data/hooks.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, Trouble } from '../ui/parts.tsx';

interface Props {
  api: Api;
  onAdded: (shown: Shown) => void;
  /** Told in any case: an answer may be lost, and the user be there. */
  onTried: () => void;
  onClose: () => void;
}

export function AddUser({ api, onAdded, onTried, onClose }: Props) {
  const [name, setName] = useState('');
  const [expires, setExpires] = useState('');
  const [publicKey, setPublicKey] = useState('');
  const deed = useDeed();
  const submit = (event: Event) => {
    event.preventDefault();
    const body = {
      name: name.trim(),
      ...(expires && { expires: new Date(expires).toISOString() }),
      ...(publicKey && { publicKey: publicKey.trim() }),
    };
    const add = async () => onAdded(await api.send<Shown>('POST', '/users', body));
    deed.run(() => add().finally(onTried));
  };
  return (
    <Dialog title="Add a user" onClose={onClose}>
      <form class="fields" onSubmit={submit}>
        <label>
          Name
          <input
            required
            maxLength={20}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <details>
          <summary>An end, or a key of their own</summary>
          <label>
            Until
            <input
              type="datetime-local"
              value={expires}
              onInput={(event) => setExpires(event.currentTarget.value)}
            />
          </label>
          <label>
            WireGuard public key, if they have one
            <input
              class="mono"
              autocomplete="off"
              spellcheck={false}
              value={publicKey}
              onInput={(event) => setPublicKey(event.currentTarget.value)}
            />
          </label>
        </details>
        <Trouble says={deed.error} />
        <Button kind="primary" type="submit" busy={deed.busy}>
          Add and show the secrets
        </Button>
      </form>
    </Dialog>
  );
}
