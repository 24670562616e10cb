/**
 * What the docs may ask of wrangler: subcommands, and the flags of each. The test compares it with
 * the installed wrangler's own `--help`, since most of these need an account to run.
 */
export const WRANGLER_CALLS: Readonly<Record<string, readonly string[]>> = {
  'kv namespace create': [],
  'secret put': ['--config', '--env', '--name'],
  deploy: ['--config', '--env'],
  dev: ['--config', '--port', '--var'],
}
