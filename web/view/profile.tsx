/** What a user needs on a device: steps, and files to take along. */
import { useEffect, useState } from 'preact/hooks';
import type { Profile } from '../data/answers.ts';
import type { Api } from '../data/api.ts';
import { useAnswer } from '../data/hooks.ts';
import { Dialog, Trouble } from '../ui/parts.tsx';
import { Qr } from '../ui/qr.tsx';
import { Secret } from './secrets.tsx';

const systems = {
  ios: 'iPhone, iPad',
  android: 'Android',
  macos: 'macOS',
  windows: 'Windows',
  ubuntu: 'Ubuntu',
  router: 'Router',
  wireguard: 'WireGuard, anywhere',
};

interface Props {
  api: Api;
  user: string;
  onClose: () => void;
}

export function ProfileDialog({ api, user, onClose }: Props) {
  const [system, setSystem] = useState('ios');
  const { value, error } = useAnswer(
    () => api.get<Profile>(`/users/${user}/profile?for=${system}`),
    system,
  );
  const profile = value?.system === system ? value : null;
  return (
    <Dialog title={`Profile of ${user}`} onClose={onClose}>
      <label class="field">
        For
        <select value={system} onChange={(event) => setSystem(event.currentTarget.value)}>
          {Object.entries(systems).map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Trouble says={error} />
      {profile && (
        <div data-system={system}>
          <ol class="steps">
            {profile.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {profile.files.map((file) => (
            <File key={file.name} {...file} />
          ))}
        </div>
      )}
    </Dialog>
  );
}

function File({ name, mediaType, content }: Profile['files'][number]) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([content], { type: mediaType }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [content, mediaType]);
  return (
    <>
      <h3 class="label">
        <a href={url} download={name}>
          {name}
        </a>
      </h3>
      {name.endsWith('.conf') &&
        content.includes('[Interface]') &&
        !content.includes('(your own') && (
          <div class="qr-frame">
            <Qr text={content} label={`${name} as a QR code`} />
          </div>
        )}
      <Secret text={content} what={name} />
    </>
  );
}
