/** A sentence of the loop's, with the servers' long ids made short: the last four tell them apart. */

const ids = /(i-[0-9a-f]{17})/;

export function Sentence({ text }: { text: string }) {
  return (
    <>
      {text.split(ids).map((part) =>
        ids.test(part) ? (
          <span key={part} class="id" title={part}>
            i-…{part.slice(-4)}
          </span>
        ) : (
          part
        ),
      )}
    </>
  );
}
