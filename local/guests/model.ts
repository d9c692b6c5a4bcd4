/** What runs on the instances, as the rest of the world knows it, and what there is of each. */
import type { Handover, Protocol, Session } from '../../shared/core/model.ts';
import type { InstanceRecord } from '../ec2/instances.ts';
import type { Agent, Delivery, Fate, OnExit } from './agent.ts';
import type { BakeFate } from './builder.ts';

export interface Guests {
  boot: (record: InstanceRecord) => void;
  end: (record: InstanceRecord) => void;
  /** AWS has put into its metadata that it will take it then, or that it may. */
  warn: (record: InstanceRecord, warning: { noticeAt: number } | { rebalanceAt: number }) => void;
  /** The VPN on it stops answering, or answers again; its agent goes on reporting. */
  setServing: (id: string, serving: boolean) => void;
  /** Dies without a word: no VPN, no report, and EC2 still calls it running. */
  silence: (id: string) => void;
  /** So many people are connected to it, and use it. */
  setSessions: (id: string, sessions: number) => void;
  /** The same, by name. */
  setWho: (id: string, who: Session[]) => void;
  /** Its SSM agent loses Systems Manager, or finds it again. */
  setAgent: (id: string, online: boolean) => void;
  /** Something is wrong on it that its self-test finds, or, with null, no more. */
  spoil: (id: string, question: string, detail: string | null) => void;
  /** What becomes of each command from now on, by the server. */
  setFates: (plan: (id: string) => Fate) => void;
  /** How each machine that is to become an image ends, from now on. */
  setBakes: (plan: (id: string) => BakeFate) => void;
  /** Whether Systems Manager takes commands for it. */
  isManaged: (id: string) => boolean;
  /** Whether Systems Manager hears of it, did once, or never has. */
  managedSince: (id: string) => 'online' | 'lost' | 'never';
  /** Hands it a command's script; `onExit` is told when that ends, if it ever does. */
  receive: (id: string, script: string[], onExit: OnExit) => Delivery;
  /** Its state as a word, for those who compare worlds. */
  describe: (id: string) => string;
  /** The VPN's address has come to it, from the server with that id, if from any. */
  arrive: (record: InstanceRecord, formerId: string | null) => void;
  /** Whether EC2's status checks fail. */
  isImpaired: (id: string) => boolean;
  /** Of each protocol whether it serves on that instance. */
  protocolsOf: (id: string) => Partial<Record<Protocol, boolean>>;
  /** Whether a client that goes to this instance finds a VPN. */
  serves: (id: string) => boolean;
  /** Whether it lets them in just now, by the secrets that it has applied. */
  logsIn: (id: string, user: string, password: string) => boolean;
  acceptsPeer: (id: string, publicKey: string, presharedKey: string | null) => boolean;
}

export interface Guest {
  /** `waiting` has booted, and lets nobody in before it has secrets. */
  state: 'booting' | 'waiting' | 'serving' | 'broken' | 'silent';
  silentSince: number | null;
  sessions: number;
  who: Session[];
  /** Since when nobody has used it. */
  quietSince: number;
  noticeAt: number | null;
  rebalanceAt: number | null;
  /** How the clients of the server came over that had the address before. */
  handover: Handover | null;
  /** What its self-test finds to be wrong. */
  faults: Map<string, string>;
  agent: Agent;
  /** From when on Systems Manager knows it; null while it has lost it. */
  managedFrom: number | null;
}
