import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics';

/** One point of a metric: its attributes, and its value or, of a histogram, its count and sum. */
export interface Point {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** The real SDK, read in memory and as Prometheus would read it. */
export interface Telemetry {
  readonly meterProvider: MeterProvider;
  metrics(): Promise<readonly MetricData[]>;
  points(name: string): Promise<readonly Point[]>;
  /** The Prometheus exporter's text. */
  text(): Promise<string>;
  shutdown(): Promise<void>;
}

export function telemetry(): Telemetry {
  const memory = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: memory, exportIntervalMillis: 3_600_000 });
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [reader, prometheus] });
  const metrics = async (): Promise<readonly MetricData[]> => {
    memory.reset();
    await reader.forceFlush();
    return memory.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  };
  return {
    meterProvider,
    metrics,
    async points(name) {
      const found = (await metrics()).filter(({ descriptor }) => descriptor.name === name);
      return found.flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({ attributes, value })));
    },
    async text() {
      const { resourceMetrics } = await prometheus.collect();
      return new PrometheusSerializer().serialize(resourceMetrics);
    },
    shutdown: () => meterProvider.shutdown(),
  };
}

/** How many series a text has. */
export function seriesIn(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}
