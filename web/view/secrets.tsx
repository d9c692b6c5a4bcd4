/** New secrets, shown once: the QR code for a phone, the same as text, and the password for PPTP. */
import type { Shown } from '../data/answers.ts';
import { Copy } from '../ui/button.tsx';
import { Dialog } from '../ui/parts.tsx';
import { Qr } from '../ui/qr.tsx';

export function SecretsDialog({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const { user, password, wireguard } = shown;
  return (
    <Dialog title={`Secrets of ${user}`} onClose={onClose}>
      <p class="notice">They are shown this once. Whoever has them can connect as {user}.</p>
      {wireguard && (
        <>
          <h3 class="label">WireGuard</h3>
          {wireguard.privateKey ? (
            <div class="qr-frame">
              <Qr
                text={wireguard.config}
                label={`WireGuard configuration of ${user} as a QR code`}
              />
              <p class="quiet">Scan it with the WireGuard app, or take the text.</p>
            </div>
          ) : (
            <p class="quiet">Put your own private key into it: only you have it.</p>
          )}
          <Secret text={wireguard.config} what="the WireGuard configuration" />
        </>
      )}
      <h3 class="label">PPTP password</h3>
      <Secret text={password} what="the password" />
    </Dialog>
  );
}

export function Secret({ text, what }: { text: string; what: string }) {
  return (
    <div class="secret">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <Copy text={text} what={what} />
    </div>
  );
}
