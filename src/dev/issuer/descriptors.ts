/** Computes how many connections the file descriptors of this process and of workerd allow. */
import {
  DESCRIPTORS_PER_CONNECTION,
  LEAST_CONNECTIONS,
  MAX_CONNECTIONS,
  RESERVED_DESCRIPTORS,
} from '../limits.ts'

/** At its start, Node raises its soft limit to the hard limit. workerd inherits both. */
export function countConnections(limit: number | undefined = readLimit()): number {
  if (limit === undefined) return MAX_CONNECTIONS
  const affordable = Math.floor((limit - RESERVED_DESCRIPTORS) / DESCRIPTORS_PER_CONNECTION)
  return Math.min(MAX_CONNECTIONS, Math.max(LEAST_CONNECTIONS, affordable))
}

type UserLimits = { readonly open_files?: { readonly soft: number | 'unlimited' } }

/** Returns undefined on systems without a limit, such as Windows. */
function readLimit(): number | undefined {
  // Otherwise the report would look up the host name of every connection.
  Object.assign(process.report, { excludeNetwork: true })
  const { userLimits } = process.report.getReport() as { readonly userLimits?: UserLimits }
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : undefined
}
