/**
 * What EC2's refusals of a launch mean: how much of the market each one closes, for how long, and why.
 * Sources: EC2's "Error codes for the Amazon EC2 API" and its "Spot request status" pages.
 */
import { interruptedPoolMaxMs, interruptedPoolMs, listLagMs, refusedPoolMaxMs } from './limits.ts';
import type { Market, Pool } from './model.ts';
import type { Hold } from './remembered.ts';

/** What is closed: the pool on this market, its zone, the type in that zone on both markets, the whole market, all. */
type Scope = 'pool' | 'zone' | 'type-in-zone' | 'market' | 'all';

interface Refusal {
  closes: Scope;
  forMs: number;
  /** How long at most, when it comes again and again; each time is twice as long. `forMs` if left out. */
  forMaxMs?: number;
  /** Ends the sentence "EC2 refused: ...". With a remedy where only a person can help. */
  says: string;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

/** Prices and capacity change within minutes; asking again sooner is noise. */
const marketMovesMs = 3 * minuteMs;
/** Quotas and configurations change when a person acts. */
const personActsMs = 5 * minuteMs;
const backOffMs = 10 * secondMs;

const noCapacity: Refusal = {
  closes: 'pool',
  forMs: marketMovesMs,
  forMaxMs: refusedPoolMaxMs,
  says: 'no capacity there',
};
const noAddresses: Refusal = {
  closes: 'zone',
  forMs: 10 * minuteMs,
  says: "the zone's subnet has no free address; free some or use a larger subnet",
};
const throttled: Refusal = { closes: 'all', forMs: backOffMs, says: 'too many requests' };
const broken = (says: string): Refusal => ({ closes: 'all', forMs: personActsMs, says });

export const refusals: Record<string, Refusal> = {
  SpotMaxPriceTooLow: {
    closes: 'pool',
    forMs: marketMovesMs,
    forMaxMs: refusedPoolMaxMs,
    says: 'spot costs more than the cap there',
  },
  InsufficientInstanceCapacity: noCapacity,
  UnfulfillableCapacity: noCapacity,
  InsufficientHostCapacity: noCapacity,
  MaxSpotInstanceCountExceeded: {
    closes: 'market',
    forMs: 10 * minuteMs,
    says: "the account's spot quota is used up; ask AWS for more in Service Quotas",
  },
  VcpuLimitExceeded: {
    closes: 'market',
    forMs: personActsMs,
    says: "the account's quota is used up; ask AWS for more in Service Quotas",
  },
  InstanceLimitExceeded: {
    closes: 'market',
    forMs: personActsMs,
    says: "the account's quota is used up; ask AWS for more in Service Quotas",
  },
  Unsupported: { closes: 'type-in-zone', forMs: dayMs, says: 'the zone does not offer that type' },
  InsufficientFreeAddressesInSubnet: noAddresses,
  InsufficientAddressCapacity: noAddresses,
  RequestLimitExceeded: throttled,
  EC2ThrottledException: throttled,
  'InvalidLaunchTemplateId.NotFound': broken('the launch template is gone; deploy again'),
  'InvalidLaunchTemplateId.VersionNotFound': broken('the launch template is gone; deploy again'),
  'InvalidLaunchTemplateName.NotFoundException': broken(
    'the launch template is gone; deploy again',
  ),
  'InvalidAMIID.NotFound': broken('the image is gone; bake a new one'),
  'InvalidAMIID.Unavailable': broken('the image is not available; bake a new one'),
  InvalidParameterValue: broken('EC2 finds the configuration wrong; run the doctor'),
  UnauthorizedOperation: broken("the function's role does not allow it; deploy again"),
  'AuthFailure.ServiceLinkedRoleCreationNotPermitted': {
    closes: 'market',
    forMs: personActsMs,
    says: 'the account lacks the role AWSServiceRoleForEC2Spot; make it with `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`',
  },
  /** Another pass asked with this token and other parameters: its server, if any, is listed by then. */
  IdempotentParameterMismatch: {
    closes: 'all',
    forMs: listLagMs,
    says: 'another pass is launching just now',
  },
  /** Our own word: AWS has taken a server from that pool, or is about to. */
  interrupted: {
    closes: 'pool',
    forMs: interruptedPoolMs,
    forMaxMs: interruptedPoolMaxMs,
    says: 'interrupted us lately',
  },
  /** Our own word: the token was used before, and its server has ended since. The next token is a new one. */
  StaleToken: { closes: 'all', forMs: 0, says: 'that launch had been made before and has ended' },
};

/** An error that nobody foresaw closes only its pool: the next may well do. */
const unforeseen: Refusal = {
  closes: 'pool',
  forMs: personActsMs,
  says: 'an error that is not in the table',
};

export function toRefusal(code: string): Refusal {
  return Object.hasOwn(refusals, code) ? (refusals[code] ?? unforeseen) : unforeseen;
}

interface Closed {
  code: string;
  market: Market;
  pool: Pool;
  /** Epoch milliseconds, as the answer's `until`. */
  at: number;
}

/** The part of the market that a refusal closes, when it comes for the `times`-th time in a row. */
export function toHold({ code, market, pool, at }: Closed, times: number): Hold {
  const { closes, forMs, forMaxMs = forMs } = toRefusal(code);
  const { type, zone } = pool;
  const scopes: Record<Scope, Omit<Hold, 'until' | 'code' | 'times'>> = {
    pool: { market, type, zone },
    zone: { zone },
    'type-in-zone': { type, zone },
    market: { market },
    all: {},
  };
  const until = at + Math.min(forMs * 2 ** (times - 1), forMaxMs);
  return { ...scopes[closes], until, code, times };
}
