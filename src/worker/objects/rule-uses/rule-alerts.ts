/**
 * The alerts of a shard of the decision log: it reports the uses that isolates tell it, notes those of
 * its own rules, and sends what is new. Nothing here makes the append of a batch wait or fail.
 */
import { loadKeys, readSettings } from '../../../core/settings.ts'
import { newTokenId } from '../../ids.ts'
import { RULE_USE_DAYS } from '../../limits.ts'
import { createAlertSender, type SendAlert } from '../../notify/alert-sender.ts'
import { forgetUses, noteUses } from './note-uses.ts'
import { createUseReports } from './report-uses.ts'
import type { RuleUse } from './rule-use.ts'

const DAY_MILLISECONDS = 86_400_000

export type RuleAlerts = {
  /** Reports uses to the shards of their rules, behind the answer. */
  readonly report: (uses: readonly RuleUse[]) => void
  /** Notes uses of rules whose shard this is, and sends the alerts behind the answer. */
  readonly note: (uses: readonly RuleUse[]) => void
  /** Deletes what was not seen for long. */
  readonly forget: () => void
}

type RuleAlertOptions = {
  readonly state: Pick<DurableObjectState, 'storage' | 'waitUntil'>
  /** The settings and signing keys of the Worker. */
  readonly variables: Readonly<Record<string, unknown>>
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Tells another shard, or this one, of uses that it notes. */
  readonly tell: (shard: number, uses: readonly RuleUse[]) => Promise<void>
}

export function createRuleAlerts({ state, variables, now, tell }: RuleAlertOptions): RuleAlerts {
  const reportUses = createUseReports()
  let sendAlert: SendAlert | undefined
  return {
    report(uses) {
      const settings = readSettings(variables)
      if (!settings.ok) return
      state.waitUntil(reportUses(uses, settings.value.decisions.shards, tell))
    },
    note(uses) {
      const settings = readSettings(variables)
      if (!settings.ok) return
      const { alerts, issuer } = settings.value
      sendAlert ??= createAlertSender({
        url: alerts.webhookUrl,
        gatewayIssuer: issuer,
        loadKeyRing: async () => (await loadKeys(variables)).ring,
        newTokenId,
        now,
      })
      for (const alert of noteUses(state.storage.sql, uses, alerts.dormantDays)) {
        state.waitUntil(sendAlert(alert))
      }
    },
    forget: () => forgetUses(state.storage.sql, now() - RULE_USE_DAYS * DAY_MILLISECONDS),
  }
}
