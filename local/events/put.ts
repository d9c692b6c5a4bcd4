/** Events as they come onto the bus: those that services put there, and those that a person does. */
import type { AwsEvent, World } from '../world.ts';

interface EventEntry {
  Source?: string;
  DetailType?: string;
  Detail?: string;
  Resources?: string[];
}

/** Unlike AWS's own, this bus lets people put events of `aws.*` too: that is how one tries an interruption. */
export function putEvents(world: World, { Entries = [] }: { Entries?: EventEntry[] }): object {
  const results = Entries.map(({ Source, DetailType, Detail, Resources = [] }) => {
    const detail = toObject(Detail);
    if (!Source || !DetailType || !detail)
      return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Source, DetailType and a JSON Detail' };
    return { EventId: world.emit(Source, DetailType, Resources, detail) };
  });
  return { FailedEntryCount: results.filter((r) => 'ErrorCode' in r).length, Entries: results };
}

function toObject(json: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function toEvent(
  { timers, account, region }: World,
  id: string,
  source: string,
  type: string,
  resources: string[],
  detail: Record<string, unknown>,
): AwsEvent {
  return {
    version: '0',
    id,
    'detail-type': type,
    source,
    account,
    // EventBridge's times have whole seconds.
    time: `${new Date(timers.now).toISOString().slice(0, 19)}Z`,
    region,
    resources,
    detail,
  };
}
