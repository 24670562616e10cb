/**
 * The wrangler subcommands and flags that the docs can use. Most need an account to run, so the
 * test compares them with `--help` of the installed wrangler.
 */
export const WRANGLER_CALLS: Readonly<Record<string, readonly string[]>> = {
  'kv namespace create': [],
  'r2 bucket create': [],
  'secret put': ['--config', '--env', '--name'],
  'secret delete': ['--config', '--env', '--name'],
  deploy: ['--config', '--env'],
  dev: ['--config', '--port', '--var'],
}
