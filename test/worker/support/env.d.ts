import type { Env as GatewayEnv } from '../../../src/worker/env.ts'

declare global {
  namespace Cloudflare {
    interface Env extends GatewayEnv {
      readonly FIVE_A_MINUTE: RateLimit
      readonly FIVE_SUBJECTS_A_MINUTE: RateLimit
    }
  }
}
