/** What the loop must never ask for, whatever happens: deeds without a word, and the end of what still serves. */
import type { World } from '../../local/world.ts';
import type { Entry } from '../../shared/core/deeds.ts';
import { readJournal } from '../../shared/documents/state.ts';
import { name } from '../stage.ts';

const journalName = '/perennial/home/state/journal';

type Input = Partial<Record<'ClientToken' | 'InstanceId' | 'AllocationId', string>> & {
  InstanceIds?: string[];
};

/** Each why in words; none if it may be asked for. */
export function whyForbidden(world: World, operation: string, input: Input): string[] {
  const unless = (isFit: boolean, why: string) => (isFit ? [] : [why]);
  const says = (fits: (entry: Entry) => boolean) => isWritten(world, fits);
  switch (operation) {
    case 'TerminateInstances': {
      const [id = ''] = input.InstanceIds ?? [];
      const serving = [...world.instances.keys()].filter((one) => world.guests.serves(one));
      return [
        ...unless(serving.length !== 1 || serving[0] !== id, 'the last serving server is ended'),
        ...unless(
          says((entry) => entry.kind === 'retiring' && entry.serverId === id),
          'a server is ended that the journal does not name',
        ),
      ];
    }
    case 'RunInstances': {
      const fits = (entry: Entry) =>
        entry.kind === 'launching' &&
        `perennial-home-${entry.generation}-${entry.attempt}` === input.ClientToken;
      return unless(says(fits), 'a server is launched that the journal does not name');
    }
    case 'ChangeResourceRecordSets':
      return unless(
        says(({ kind }) => kind === 'pointing' || kind === 'parking'),
        'the name moves, and the journal does not say so',
      );
    case 'AllocateAddress':
      return unless(
        says(({ kind }) => kind === 'allocating'),
        'an address is allocated, and the journal does not say so',
      );
    case 'AssociateAddress': {
      const { AllocationId: id, InstanceId } = input;
      const fits = (entry: Entry) =>
        entry.kind === 'moving' && entry.addressId === id && entry.serverId === InstanceId;
      return unless(says(fits), 'an address moves, and the journal does not say so');
    }
    case 'ReleaseAddress':
      return [
        ...unless(!isInUse(world, input), 'an address is given back that clients are sent to'),
        ...unless(
          says((entry) => entry.kind === 'releasing' && entry.addressId === input.AllocationId),
          'an address is given back, and the journal does not say so',
        ),
      ];
    default:
      return [];
  }
}

function isInUse({ addresses, guests, resolve }: World, { AllocationId = '' }: Input): boolean {
  const record = addresses.get(AllocationId);
  const owner = record?.owners.at(-1)?.instanceId ?? null;
  return record?.address === resolve(name) || (owner !== null && guests.serves(owner));
}

/** In any version: another pass may have written over it, and will carry it on. */
function isWritten({ parameters }: World, fits: (entry: Entry) => boolean): boolean {
  const versions = parameters.get(journalName)?.versions ?? [];
  return versions.some(({ value }) => readJournal(value).entries.some(fits));
}
