/** The page: sign in, then everything about the VPN, kept current. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Shown, Status } from './data/answers.ts';
import { type Api, toApi, toWords } from './data/api.ts';
import { type Following, follow } from './data/follow.ts';
import { toRevisions } from './data/revision.ts';
import { forgetToken, keepToken, readToken } from './data/session.ts';
import { Button } from './ui/button.tsx';
import { JournalCard } from './view/journal.tsx';
import { AvailabilityCard, MoneyCard, useLedgers } from './view/ledger.tsx';
import { PricesCard } from './view/prices.tsx';
import { ScheduleCard } from './view/schedule.tsx';
import { SecretsDialog } from './view/secrets.tsx';
import { ServerCard } from './view/server.tsx';
import { SignIn } from './view/sign-in.tsx';
import { State } from './view/state.tsx';
import { UsersCard } from './view/users.tsx';
import { Waiting } from './view/waiting.tsx';
import { WorldBar } from './view/world.tsx';

export function App({ played }: { played: boolean }) {
  const [token, setToken] = useState(readToken);
  const [first, setFirst] = useState<Status | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  // Here, since they are shown this once: signing out must not take them away.
  const [shown, setShown] = useState<Shown | null>(null);
  const signOut = useCallback((reason: string | null) => {
    forgetToken();
    setToken(null);
    setWhy(reason);
  }, []);
  const signIn = (next: string, status: Status) => {
    keepToken(next);
    setFirst(status);
    setToken(next);
    setWhy(null);
  };
  return (
    <>
      <header class="top">
        <p class="brand">
          <Sprig /> Perennial
        </p>
        {token && (
          <Button kind="quiet" onClick={() => signOut(null)}>
            Sign out
          </Button>
        )}
      </header>
      {token ? (
        <Dashboard
          token={token}
          first={first}
          played={played}
          onShown={setShown}
          onSignedOut={signOut}
        />
      ) : (
        <SignIn why={why} onSignedIn={signIn} />
      )}
      {shown && <SecretsDialog shown={shown} onClose={() => setShown(null)} />}
    </>
  );
}

interface DashboardProps {
  token: string;
  first: Status | null;
  played: boolean;
  onShown: (shown: Shown) => void;
  onSignedOut: (why: string) => void;
}

function Dashboard({ token, first, played, onShown, onSignedOut }: DashboardProps) {
  const api = useMemo(() => toApi(token, onSignedOut), [token, onSignedOut]);
  const [status, setStatus] = useState(first);
  const [failure, setFailure] = useState<string | null>(null);
  const following = useRef<Following | null>(null);
  const take = useCallback((next: Status) => {
    setStatus(next);
    setFailure(null);
  }, []);
  useEffect(() => {
    const onFailure = (error: unknown) => setFailure(toWords(error));
    following.current = follow(api, played, { onStatus: take, onFailure });
    return following.current.stop;
  }, [api, played, take]);
  useEffect(() => {
    document.title = status ? `${status.state}: ${status.name}` : 'Perennial';
  }, [status]);

  const look = () => following.current?.look();
  // Elements of their own: one that changes its place is one that jumps.
  if (!status) return <Waiting key="waiting" failure={failure} onLook={look} />;
  return (
    <main key="dashboard" class="dashboard">
      <Cards
        api={api}
        status={status}
        failure={failure}
        played={played}
        onLook={look}
        onShown={onShown}
        onStatus={(next) => {
          take(next);
          look();
        }}
      />
    </main>
  );
}

interface CardsProps {
  api: Api;
  status: Status;
  failure: string | null;
  played: boolean;
  onLook: () => void;
  onShown: (shown: Shown) => void;
  onStatus: (status: Status) => void;
}

function Cards({ api, status, failure, played, onLook, onShown, onStatus }: CardsProps) {
  const revisions = toRevisions(status);
  const { at } = status;
  const ledgers = useLedgers({ api, revision: revisions.ledger }, at);
  return (
    <>
      <State api={api} status={status} failure={failure} onLook={onLook} onStatus={onStatus} />
      <ServerCard api={api} status={status} onStatus={onStatus} />
      {played && <WorldBar cap={status.cap} onTrouble={onLook} />}
      <PricesCard api={api} revision={revisions.prices} status={status} />
      <MoneyCard {...ledgers} at={at} />
      <AvailabilityCard {...ledgers} at={at} />
      <JournalCard api={api} revision={revisions.journal} />
      <UsersCard
        api={api}
        revision={revisions.users}
        now={new Date(at).getTime()}
        onShown={onShown}
      />
      <ScheduleCard api={api} revision={revisions.schedule} onChanged={onLook} />
    </>
  );
}

function Sprig() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path
        d="M12 22v-9m0 0c0-4 3-7 8-7 0 5-3 7-8 7zm0 3c0-3-2.5-5.5-7-5.5 0 4 2.5 5.5 7 5.5z"
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
