/**
 * One command at a time for each device, all devices side by side; the queue of a device is bounded. Commands that may run
 * beside others take a place, but no turn.
 */
export interface Turn {
  /** Runs the task after those before it; settles as the task does. */
  run: (task: () => Promise<void>) => Promise<void>;
  /** Runs the task now, and lets nobody wait for it; settles as the task does. */
  runBeside: (task: () => Promise<void>) => Promise<void>;
  /** Gives the place in the queue back without a task. */
  cancel(): void;
}

export interface DeviceQueues {
  /** A place in the device's queue, or undefined when it is full. */
  take(device: string): Turn | undefined;
}

interface Queue {
  taken: number;
  /** Settles, never rejects, after the last task that was given. */
  last: Promise<unknown>;
}

export function deviceQueues(queueMax: number): DeviceQueues {
  const queues = new Map<string, Queue>();
  return {
    take(device) {
      const queue = queues.get(device) ?? { taken: 0, last: Promise.resolve() };
      if (queue.taken >= queueMax) return undefined;
      queue.taken += 1;
      queues.set(device, queue);
      const leave = () => {
        queue.taken -= 1;
        if (queue.taken === 0) queues.delete(device);
      };
      return {
        run(task) {
          const over = queue.last.then(task).finally(leave);
          queue.last = over.catch(() => undefined);
          return over;
        },
        runBeside: (task) => task().finally(leave),
        cancel: leave,
      };
    },
  };
}
