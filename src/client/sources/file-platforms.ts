/** Service account tokens that Kubernetes projects into a pod, for us or for Azure. */
import { readVariable, type SourceRow, valueRow } from './row.ts'

/** Where our examples mount it. */
const PROJECTED_FILE = '/var/run/secrets/edgemint/token'
const MARKER = 'KUBERNETES_SERVICE_HOST'
const OTHER_FILE = 'EDGEMINT_SUBJECT_TOKEN_FILE'

export const KUBERNETES: SourceRow = {
  name: 'kubernetes',
  async look(platform) {
    const isThere = await platform.readFile(PROJECTED_FILE).then(
      () => true,
      () => false,
    )
    if (isThere) return { verdict: 'fits', reason: `${PROJECTED_FILE} is there` }
    const reason = `${PROJECTED_FILE} is not there`
    if (readVariable(platform, MARKER) === undefined) return { verdict: 'other', reason }
    const hint = `mount a projected token there, or set ${OTHER_FILE}`
    return { verdict: 'near', reason: `${MARKER} set, but ${reason}: ${hint}` }
  },
  ask: (platform) => platform.readFile(readVariable(platform, OTHER_FILE) ?? PROJECTED_FILE),
}

/** The webhook fixes the audience: `api://AzureADTokenExchange`. */
export const AZURE_WORKLOAD_IDENTITY = valueRow(
  'azure-workload-identity',
  'AZURE_FEDERATED_TOKEN_FILE',
  ({ readFile }, path) => readFile(path),
)
