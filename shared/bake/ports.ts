/** What a bake needs of the world, in our own words. Adapters give it; `local/` plays it. */
import type { WishPorts } from '../api-ports.ts';
import type { Report } from '../core/model.ts';
import type { BakeEntry, Ending, Image, Machine, Part, Run, Snapshot, Word } from './model.ts';

export interface MachineRequest {
  run: Run;
  part: Part;
  imageId: string;
  type: string;
  /** What it reads at its boot instead of what its launch template has. */
  userData: string | null;
}

/** EC2 did it, or refused with a code. */
export type BakeAnswer = { kind: 'done' } | { kind: 'refused'; code: string; message: string };

interface BakeRecords {
  run: Run | null;
  ending: Ending | null;
  entries: BakeEntry[];
  words: Word[];
  reports: Report[];
}

export interface BakePorts extends WishPorts {
  /** Lets so many milliseconds pass. */
  pause: (ms: number) => Promise<void>;
  ec2: {
    /** Everything with this VPN's tag of baking that EC2 lists. */
    machines: () => Promise<Machine[]>;
    images: () => Promise<Image[]>;
    snapshots: () => Promise<Snapshot[]>;
    /** The same machine, however often it is asked for. */
    launch: (request: MachineRequest) => Promise<BakeAnswer>;
    /** The same image, however often it is asked for. */
    make: (run: Run, machineId: string) => Promise<BakeAnswer>;
    /** What has gone already is no error. */
    end: (machineId: string) => Promise<void>;
    deregister: (imageId: string) => Promise<void>;
    delete: (snapshotId: string) => Promise<void>;
  };
  records: {
    read: () => Promise<BakeRecords>;
    begin: (run: Run) => Promise<void>;
    conclude: (ending: Ending) => Promise<void>;
    note: (entries: BakeEntry[]) => Promise<void>;
    forget: (part: Part, machineId: string) => Promise<void>;
    /** Where the builder fetches the packed folder `image/` from. */
    writePart: (index: number, text: string) => Promise<void>;
    /** The image of stock Debian 13. */
    stockImage: (architecture: 'amd64' | 'arm64') => Promise<string>;
  };
}
