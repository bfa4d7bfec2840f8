import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { type House, prefixOf } from '#infra/constructs/house.ts'

type CrmAlarmProps = {
  house: House
  topic: ITopic
  /** Heading in docs/runbook.md, the same for every tenant. */
  title: string
  metric: IMetric
  /** Alarms at this value and above; 1 by default. */
  threshold?: number
  /** Periods in a row that must be at the threshold; 1 by default. */
  periods?: number
  /** What a user loses, in one sentence. */
  errorImpact: string
}

/** An alarm that says what a user loses and where to read what to do; mails the tenant's alarm address, also when it is over. */
export class CrmAlarm extends Construct {
  readonly alarm: Alarm

  constructor(scope: Construct, id: string, props: CrmAlarmProps) {
    super(scope, id)
    this.alarm = new Alarm(this, 'Alarm', {
      alarmName: `${prefixOf(props.house.tenant)}: ${props.title}`,
      alarmDescription: `${props.errorImpact} What to do: docs/runbook.md#${anchorOf(props.title)}`,
      metric: props.metric,
      threshold: props.threshold ?? 1,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    const action = new SnsAction(props.topic)
    this.alarm.addAlarmAction(action)
    this.alarm.addOkAction(action)
  }
}

/** Anchor of a heading, as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
