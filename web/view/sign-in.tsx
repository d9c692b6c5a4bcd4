/** Asks for the token, and tries it before it is kept. */
import { useState } from 'preact/hooks';
import type { Status } from '../data/answers.ts';
import { toApi } from '../data/api.ts';
import { useDeed } from '../data/hooks.ts';
import { Button } from '../ui/button.tsx';
import { Trouble } from '../ui/parts.tsx';

interface Props {
  /** Why the last token does not count any more, if that is so. */
  why: string | null;
  onSignedIn: (token: string, status: Status) => void;
}

export function SignIn({ why, onSignedIn }: Props) {
  const [token, setToken] = useState('');
  const deed = useDeed();
  const submit = (event: Event) => {
    event.preventDefault();
    const tried = token.trim();
    deed.run(async () => onSignedIn(tried, await toApi(tried, () => {}).get<Status>('/status')));
  };
  return (
    <main class="sign-in">
      <h1>Sign in</h1>
      <form class="fields" onSubmit={submit}>
        {/* Password managers want a name beside a password. */}
        <input
          class="unseen"
          name="username"
          autocomplete="username"
          value="perennial"
          tabIndex={-1}
          aria-hidden="true"
          readOnly
        />
        <label>
          Token
          <input
            type="password"
            name="token"
            autocomplete="current-password"
            required
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <Trouble says={deed.error ?? why} />
        <Button kind="primary" type="submit" busy={deed.busy}>
          Sign in
        </Button>
      </form>
      <p class="quiet">
        The token is forgotten when you close this tab. If you have none:{' '}
        <code class="mono">npx vpn token --show</code> makes one, for whoever has the AWS account.
      </p>
    </main>
  );
}
