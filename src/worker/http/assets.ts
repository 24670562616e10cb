/**
 * Reads static assets: files of the build that are not in the bundle. The binding only returns bytes.
 * The routes decide about content types and caching, because `run_worker_first` sends every request
 * to the Worker.
 */
import { PROBLEMS } from '../../contract/problems/problems.ts'
import { RETRY_AFTER_SECONDS, STORE_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import { withDeadline } from '../../web/deadline.ts'
import type { Env } from '../env.ts'
import { respondProblem } from './respond.ts'

/** The binding reads only the path of a URL. */
const ORIGIN = 'https://assets.invalid'

type TextAsset =
  | { readonly text: string; readonly refusal?: never }
  | { readonly text?: never; readonly refusal: Response }

/** Returns a file that every build has, or the refusal of a gateway without the binding. */
export async function readTextAsset(env: Env, path: string): Promise<TextAsset> {
  const { file, refusal } = await readAsset(env, path)
  if (refusal !== undefined) return { refusal }
  if (file === undefined) throw new Unavailable('assets')
  return { text: await file.text() }
}

/**
 * Returns a file by its path in `dist/assets`; undefined if there is no such file. Throws
 * `Unavailable` if the binding fails or does not answer in time.
 */
export async function readAsset(
  { ASSETS: assets }: Env,
  path: string,
): Promise<{ readonly file?: Response; readonly refusal?: Response }> {
  if (assets === undefined) return { refusal: refuseWithoutAssets() }
  const response = await ask(assets, path)
  if (response.status === 200) return { file: response }
  await response.body?.cancel()
  if (response.status !== 404) throw new Unavailable('assets')
  return {}
}

async function ask(assets: Fetcher, path: string): Promise<Response> {
  try {
    return await withDeadline(STORE_TIMEOUT_MILLISECONDS, assets.fetch(`${ORIGIN}/${path}`))
  } catch (cause) {
    throw new Unavailable('assets', { cause })
  }
}

function refuseWithoutAssets(): Response {
  const detail = 'the binding ASSETS is missing: add [assets] to wrangler.toml and deploy again'
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) }
  return respondProblem({ ...PROBLEMS.assetsMissing, detail }, headers)
}
