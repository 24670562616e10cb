/**
 * The token as git's answer to one host that asks for a login. A credential, unlike an extra header,
 * is sent only after that host asked, and never to where a redirect leads; it stands in a private
 * file, so no variable and no command line holds it. Helpers configured before are left out for this
 * host: they would keep a copy that outlives the job.
 */
import { join } from 'node:path'
import type { Deliver, Surroundings } from '../delivery.ts'
import type { Environment } from '../inputs.ts'
import type { Place } from '../place.ts'
import { StepFailure } from '../step-failure.ts'

export type GitOrder = { readonly place: Place; readonly username: string }

export function prepareGitCredential(order: GitOrder, surroundings: Surroundings): Deliver {
  const { directory, environment } = surroundings
  const { origin } = order.place
  const store = join(directory, 'git-credentials')
  const configuration = join(directory, 'gitconfig')
  const count = readCount(environment)
  return (token) => {
    // A bearer token may hold what separates the parts of a URL.
    const login = `${order.username}:${encodeURIComponent(token)}`
    return {
      files: [
        { path: configuration, content: renderConfiguration(origin, store) },
        { path: store, content: `${origin.replace('://', `://${login}@`)}\n` },
      ],
      variables: {
        GIT_CONFIG_COUNT: String(count + 1),
        [`GIT_CONFIG_KEY_${count}`]: 'include.path',
        // git reads backslashes as escapes on Windows too.
        [`GIT_CONFIG_VALUE_${count}`]: configuration.replaceAll('\\', '/'),
      },
    }
  }
}

/** An empty `helper` forgets the ones before it. The value goes through a shell, hence the quotes. */
function renderConfiguration(origin: string, store: string): string {
  const quoted = `'${store.replaceAll('\\', '/').replaceAll("'", `'\\''`)}'`
  const value = `store --file=${quoted}`.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  return `[credential "${origin}"]\n\thelper =\n\thelper = "${value}"\n`
}

/** Entries of the environment are numbered; those that are there stay. */
function readCount(environment: Environment): number {
  const text = environment.GIT_CONFIG_COUNT ?? ''
  if (text === '') return 0
  if (!/^[0-9]{1,4}$/.test(text)) throw new StepFailure('GIT_CONFIG_COUNT is not a number')
  return Number(text)
}
