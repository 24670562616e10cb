import type { Env as GatewayEnv } from '../../../src/worker/config.ts'

declare global {
  namespace Cloudflare {
    interface Env extends GatewayEnv {}
  }
}
