/**
 * Reminds of the end of a rule: one alert for each rule and each time before its end. What was sent is
 * stored, so a restart repeats nothing. An undelivered reminder is sent again each hour. A rule that is
 * renewed has a new end, and new reminders.
 */
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { loadKeys, type Settings } from '../../../core/settings.ts'
import { decodeUtf8 } from '../../../web/bytes.ts'
import { isJsonObject } from '../../../web/json.ts'
import { parseMoment } from '../../../web/moment.ts'
import { newTokenId } from '../../ids.ts'
import {
  REMINDER_PAUSE_SECONDS,
  REMINDER_RETRY_SECONDS,
  REMINDERS_PER_ALARM,
  RULE_REMINDER_FIRST_DAYS,
  RULE_REMINDER_LAST_DAYS,
} from '../../limits.ts'
import type { Alert } from '../../notify/alert.ts'
import { createAlertSender, type SendAlert } from '../../notify/alert-sender.ts'
import { latestRevision, readDocument } from './revisions.ts'

/** `reminder_plan` has one row: when the next reminder of a revision is due, null if none is. */
export const REMINDER_TABLES = `
  CREATE TABLE reminder_plan (revision INTEGER NOT NULL, due_at INTEGER);
  CREATE TABLE rule_reminders (
    rule TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (rule, ends_at, days)
  ) WITHOUT ROWID;
`
/** Epoch seconds: when an undelivered reminder is sent again. Null: it was delivered. */
export const REMINDER_RETRIES = 'ALTER TABLE rule_reminders ADD COLUMN retry_at INTEGER;'

const DAY_SECONDS = 86_400
/** The last first: of the times that have passed, only the last one needs a reminder. */
const THRESHOLDS = [RULE_REMINDER_LAST_DAYS, RULE_REMINDER_FIRST_DAYS]

type RuleEnd = {
  readonly rule: string
  /** Epoch seconds. */
  readonly endsAt: number
  readonly issuer: string | undefined
  readonly resource: string | undefined
  readonly owner: string | undefined
}

/** When a reminder that was sent is sent again, by `keyOf`; null if it was delivered. */
type SentReminders = ReadonlyMap<string, number | null>

export type Reminders = {
  /** Plans the reminders of a document that an earlier release stored. */
  readonly adopt: () => void
  /** Plans the reminders of a revision. Call it in the transaction that stores the revision. */
  readonly plan: (revision: number, trust: CompiledTrust) => void
  /** Returns epoch seconds; undefined if no reminder is planned. */
  readonly nextAt: () => number | undefined
  /** Sends what is due. Never throws. The rest of a large number waits for a pause. */
  readonly send: () => Promise<void>
}

/** `clock` returns epoch seconds. */
export function createReminders(
  sql: SqlStorage,
  variables: Readonly<Record<string, unknown>>,
  { issuer, alerts }: Settings,
  clock: () => number,
): Reminders {
  const sendAlert = createAlertSender({
    url: alerts.webhookUrl,
    gatewayIssuer: issuer,
    loadKeyRing: async () => (await loadKeys(variables)).ring,
    newTokenId,
    now: () => clock() * 1000,
  })
  return {
    adopt() {
      const revision = latestRevision(sql)?.revision
      if (revision === undefined || readPlan(sql)?.revision === revision) return
      writePlan(sql, revision, readEnds(sql, revision), clock())
    },
    plan: (revision, trust) => writePlan(sql, revision, endsOf(trust), clock()),
    nextAt: () => readPlan(sql)?.due_at ?? undefined,
    send: () => sendDue(sql, clock(), sendAlert),
  }
}

async function sendDue(sql: SqlStorage, at: number, sendAlert: SendAlert): Promise<void> {
  const plan = readPlan(sql)
  if (plan === undefined || plan.due_at === null || plan.due_at > at) return
  const ends = readEnds(sql, plan.revision)
  const sent = readSent(sql)
  const due = ends
    .map((end) => ({ end, since: dueAt(end, sent, at) }))
    .filter(({ since }) => since <= at)
    // Otherwise undelivered reminders could hold back the others.
    .sort((one, other) => one.since - other.since)
    .slice(0, REMINDERS_PER_ALARM)
  await Promise.all(
    due.map(async ({ end }) => {
      const days = lastPassed(end, at)
      const fault = await sendAlert(describeEnd(end, at), sent.has(keyOf(end, days)))
      // An alert that is too large is so at each attempt.
      const isEnded = fault === undefined || fault === 'too_large'
      markSent(sql, end, days, isEnded ? null : at + REMINDER_RETRY_SECONDS)
    }),
  )
  sql.exec('DELETE FROM rule_reminders WHERE ends_at <= ?', at)
  // Another revision may have been stored while the alerts were sent.
  if (readPlan(sql)?.revision !== plan.revision) return
  writePlan(sql, plan.revision, ends, at)
  const pause = at + REMINDER_PAUSE_SECONDS
  sql.exec('UPDATE reminder_plan SET due_at = ? WHERE due_at < ?', pause, pause)
}

function writePlan(sql: SqlStorage, revision: number, ends: readonly RuleEnd[], at: number): void {
  const sent = readSent(sql)
  let due = Number.POSITIVE_INFINITY
  for (const end of ends) due = Math.min(due, dueAt(end, sent, at))
  sql.exec('DELETE FROM reminder_plan')
  sql.exec(
    'INSERT INTO reminder_plan (revision, due_at) VALUES (?, ?)',
    revision,
    Number.isFinite(due) ? due : null,
  )
}

/** The ends of the rules of a compiled document. A rule that never ends has no reminder. */
function endsOf({ rules }: CompiledTrust): readonly RuleEnd[] {
  return rules.map(({ name, expiresAt, from, owner, grant }) => {
    return { rule: name, endsAt: expiresAt, issuer: from, resource: grant?.resource, owner }
  })
}

function describeEnd({ rule, endsAt, issuer, resource, owner }: RuleEnd, at: number): Alert {
  return {
    ...{ type: 'rule_ends', at, rule },
    ...(issuer === undefined ? {} : { issuer }),
    ...(resource === undefined ? {} : { resource }),
    facts: {
      ends_at: endsAt,
      days: Math.floor((endsAt - at) / DAY_SECONDS),
      ...(owner === undefined ? {} : { owner }),
    },
  }
}

/** Returns when the next reminder of a rule is due or was due; Infinity if none is. */
function dueAt(end: RuleEnd, sent: SentReminders, at: number): number {
  const { endsAt } = end
  if (endsAt <= at) return Number.POSITIVE_INFINITY
  const days = lastPassed(end, at)
  const retryAt = sent.get(keyOf(end, days))
  if (days !== undefined && retryAt === undefined) return startOf(endsAt, days)
  const starts = THRESHOLDS.map((one) => startOf(endsAt, one)).filter((start) => start > at)
  return Math.min(...starts, retryAt ?? Number.POSITIVE_INFINITY)
}

/** Returns the last threshold that has passed, in days. */
function lastPassed({ endsAt }: RuleEnd, at: number): number | undefined {
  return THRESHOLDS.find((days) => startOf(endsAt, days) <= at)
}

function markSent(
  sql: SqlStorage,
  { rule, endsAt }: RuleEnd,
  days: number | undefined,
  retryAt: number | null,
): void {
  sql.exec(
    'INSERT OR REPLACE INTO rule_reminders (rule, ends_at, days, retry_at) VALUES (?, ?, ?, ?)',
    ...[rule, endsAt, days ?? 0, retryAt],
  )
}

function startOf(endsAt: number, days: number): number {
  return endsAt - days * DAY_SECONDS
}

function keyOf({ rule, endsAt }: Pick<RuleEnd, 'rule' | 'endsAt'>, days = 0): string {
  return `${rule} ${endsAt} ${days}`
}

function readSent(sql: SqlStorage): SentReminders {
  const rows = sql.exec<{ rule: string; endsAt: number; days: number; retryAt: number | null }>(
    'SELECT rule, ends_at AS endsAt, days, retry_at AS retryAt FROM rule_reminders',
  )
  return new Map([...rows].map((row) => [keyOf(row, row.days), row.retryAt]))
}

function readPlan(sql: SqlStorage) {
  return sql
    .exec<{ revision: number; due_at: number | null }>('SELECT revision, due_at FROM reminder_plan')
    .toArray()[0]
}

/** Reads only what a reminder needs. A document that is not readable has no ends. */
function readEnds(sql: SqlStorage, revision: number): readonly RuleEnd[] {
  const text = decodeUtf8(readDocument(sql, revision) ?? new Uint8Array()) ?? ''
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return []
  }
  const rules: unknown = isJsonObject(document) ? document.rules : undefined
  return Array.isArray(rules) ? rules.flatMap((rule) => readEnd(rule) ?? []) : []
}

function readEnd(rule: unknown): RuleEnd | undefined {
  if (!isJsonObject(rule)) return undefined
  const { name, expires, from, owner, grant } = rule
  const endsAt = typeof expires === 'string' ? parseMoment(expires) : undefined
  if (typeof name !== 'string' || endsAt === undefined) return undefined
  const resource = isJsonObject(grant) ? grant.resource : undefined
  return {
    ...{ rule: name, endsAt, issuer: textOf(from), resource: textOf(resource) },
    owner: textOf(owner),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
