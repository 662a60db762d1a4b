import type { ServiceProcess } from '#scripts/services/service-process.ts';

/** Everything that this start has started, in order; stopped in the reverse order. */
export interface Stack {
  /** Take some more processes in; they are stopped together, before all that was added earlier. */
  add(...services: ServiceProcess[]): void;
  children(): { name: string; pid: number }[];
  /** SIGTERM, the latest first, each waited for; SIGKILL for what does not go in time. */
  stop(): Promise<void>;
  /** SIGKILL for all, at once. */
  kill(): Promise<void>;
}

const GRACE_MS = 20_000;

/** @param died called when a process ends before stop() or kill() */
export function makeStack(died: (service: ServiceProcess) => void): Stack {
  const layers: ServiceProcess[][] = [];
  let stopping = false;
  return {
    add(...services) {
      layers.push(services);
      for (const service of services) {
        void service.exited.then(() => {
          if (!stopping) died(service);
        });
      }
    },
    children: () => layers.flat().map(({ name, pid }) => ({ name, pid })),
    async stop() {
      stopping = true;
      for (const layer of layers.toReversed()) await Promise.all(layer.map((service) => service.stop(GRACE_MS)));
    },
    async kill() {
      stopping = true;
      await Promise.all(layers.flat().map((service) => service.kill9()));
    },
  };
}
