/** What the Worker and a shard of the decision log say to each other. Types only. */
import type { DecisionFilter, DecisionPosition } from '../../../contract/decisions/query.ts'
import type { RuleUse } from '../rule-uses/rule-use.ts'

/** The records that one isolate sends with one call. */
export type AppendRequest = {
  readonly shard: number
  /** The issuer URL of the gateway. */
  readonly issuer: string
  /** At least one. Each is the JSON text of a record, without line feeds. */
  readonly lines: readonly string[]
  /** The id of the first record. A batch that is sent again has the same one. */
  readonly firstId: string
  /** The earliest and the latest time of the records, in epoch milliseconds. */
  readonly fromAt: number
  readonly toAt: number
  /** Uses of rules, for alerts. They need not be those of the records. */
  readonly uses?: readonly RuleUse[]
  /**
   * How many tokens with an unknown key the isolate answered without the trust store since its last
   * batch, by key source.
   */
  readonly refused?: Readonly<Record<string, number>>
}

export type PageRequest = {
  readonly filter: DecisionFilter
  /** Only records after this position, in the order of pages. */
  readonly before?: DecisionPosition
  readonly limit: number
}

export type FoundRecord = DecisionPosition & {
  /** The JSON text of the record. */
  readonly line: string
}

export type PageAnswer = {
  /** The newest first. */
  readonly records: readonly FoundRecord[]
  /**
   * If set, the shard stopped after as many records as one call may read. It has found every record
   * later than this time, in epoch milliseconds, and not the others.
   */
  readonly searchedTo?: number
  /**
   * The latest time of a damaged row that the page would need, in epoch milliseconds. `records` leaves
   * out what cannot be read.
   */
  readonly damagedTo?: number | undefined
  /** The latest time of a record that was purged, in epoch milliseconds; null if none was. */
  readonly purgedTo?: number | null
}

/** The use of one scope of a resource through one rule. */
export type UsageRow = {
  readonly rule: string
  readonly resource: string
  /** Empty if the token has no scope. */
  readonly scope: string
  readonly granted: number
  /** Epoch milliseconds. */
  readonly lastAt: number
  /** How long a token was valid after the end of its subject token, at most; null if not known. */
  readonly outlivedSeconds: number | null
}

export type ShardUsage = {
  /** The most recently used first. */
  readonly rows: readonly UsageRow[]
  /** Whether there are more rows than one answer may have. */
  readonly isPartial: boolean
  /** The time of the first record that is known, in epoch milliseconds; null without records. */
  readonly since: number | null
}

/** A part of the chain as an export has it, without its header. */
export type ChainPart = {
  /**
   * The sequence and head before `text`. The sequence is greater than the requested one if the log was
   * purged beyond that one, and less if a damaged block has that one.
   */
  readonly after: number
  readonly previous: string
  /** Lines, each ended by a line feed. Empty if there is nothing after `after`. */
  readonly text: string
  readonly lastSequence: number
  readonly hasMore: boolean
}

/** A fault that an operator should know about. */
export type DecisionLogFault =
  | 'export_failed'
  | 'checkpoint_undelivered'
  | 'checkpoint_unsigned'
  | 'upkeep_failed'

export type ShardStatus = {
  readonly shard: number
  readonly sequence: number
  readonly head: string
  /** The first sequence that is still kept. */
  readonly firstSequence: number
  readonly records: number
  readonly exportedSequence: number
  /** The sequence of the last signed checkpoint; 0 if there is none. */
  readonly checkpointSequence: number
  /** Records wait for a checkpoint far longer than they should. */
  readonly isUnsigned: boolean
  readonly fault: DecisionLogFault | null
}
