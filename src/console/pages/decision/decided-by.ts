/** Which rules decided: those of the trust document, which have a page, or the deploy-time policy. */
import type { DecisionRecord } from '../../../contract/decisions/record.ts'

/** Whether the deploy-time policy decided: it decides who administers the gateway, and nothing else. */
export function isByPolicy({ asked }: DecisionRecord, gatewayIssuer: string): boolean {
  const withoutSlash = (uri: string) => uri.replace(/\/$/, '')
  return (
    asked?.resource !== undefined && withoutSlash(asked.resource) === withoutSlash(gatewayIssuer)
  )
}
