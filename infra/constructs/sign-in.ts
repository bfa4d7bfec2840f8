import { Aws, CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  AccountRecovery,
  CfnUserPoolClient,
  ClientAttributes,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  type UserPoolClient,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { acknowledge } from '#infra/constructs/acknowledge.ts'
import { prefixOf } from '#infra/constructs/house.ts'
import type { TenantFile } from '#schemas/tenant.ts'

const mfaModes = { off: Mfa.OFF, optional: Mfa.OPTIONAL, required: Mfa.REQUIRED }

/** How people and other systems sign in: a Cognito user pool with one client for people and one per integration. */
export class SignIn extends Construct {
  readonly pool: UserPool
  /** What the API needs to verify an access token. */
  readonly verify: Access
  /** Permission to create, change, disable and sign out users. */
  readonly administer: Access
  /** Client id of each integration, by its name. */
  readonly integrationClients: readonly { name: string; clientId: string }[]

  constructor(scope: Construct, id: string, tenant: TenantFile) {
    super(scope, id)
    this.pool = this.createPool(tenant)
    if (tenant.mfa !== 'required') {
      acknowledge(this.pool, { 'AwsSolutions-COG2': `The tenant file says that MFA is ${tenant.mfa}.` })
    }
    const domain = this.pool.addDomain('Domain', {
      // Prefixes are unique in a region over all accounts.
      cognitoDomain: { domainPrefix: `${prefixOf(tenant)}-${Aws.ACCOUNT_ID}` },
    })
    const people = this.createPeopleClient()
    this.integrationClients = this.createIntegrationClients(tenant)
    new CfnOutput(this, 'PoolId', { value: this.pool.userPoolId, description: 'Cognito user pool' })
    new CfnOutput(this, 'PeopleClientId', {
      value: people.userPoolClientId,
      description: 'Client id to sign people in',
    })
    new CfnOutput(this, 'TokenUrl', {
      value: `${domain.baseUrl()}/oauth2/token`,
      description: 'Where integrations exchange their client id and secret for a token',
    })
    const clientIds = [people.userPoolClientId, ...this.integrationClients.map(client => client.clientId)]
    this.verify = {
      environment: { USER_POOL_ID: this.pool.userPoolId, USER_POOL_CLIENT_IDS: clientIds.join(',') },
      permissions: [],
    }
    const verbs = ['CreateUser', 'GetUser', 'UpdateUserAttributes', 'EnableUser', 'DisableUser', 'UserGlobalSignOut']
    this.administer = {
      environment: { USER_POOL_ID: this.pool.userPoolId },
      permissions: [{ actions: verbs.map(verb => `cognito-idp:Admin${verb}`), resources: [this.pool.userPoolArn] }],
    }
  }

  private createPool(tenant: TenantFile): UserPool {
    return new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      // The username is the id of the user record, so a token names its record; people type their e-mail address.
      signInAliases: { username: true, email: true },
      autoVerify: { email: true },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: mfaModes[tenant.mfa],
      // SMS can be intercepted and costs money; an authenticator app does neither.
      ...(tenant.mfa !== 'off' && { mfaSecondFactor: { otp: true, sms: false } }),
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      // Plus refuses passwords known from leaks and blocks risky sign-ins: 0.02 USD per person and active month.
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: !tenant.disposable,
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
  }

  private createPeopleClient(): UserPoolClient {
    return this.pool.addClient('People', {
      authFlows: { userSrp: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.minutes(60),
      idTokenValidity: Duration.minutes(60),
      refreshTokenValidity: Duration.days(30),
      refreshTokenRotationGracePeriod: Duration.seconds(30),
      // Else anyone signed in could change their own e-mail address, which is who they are.
      writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
    })
  }

  private createIntegrationClients(tenant: TenantFile): { name: string; clientId: string }[] {
    const scope = new ResourceServerScope({ scopeName: 'api', scopeDescription: 'Call the CRM API' })
    const server = this.pool.addResourceServer('Api', { identifier: 'evergreen', scopes: [scope] })
    return tenant.integrations.map(({ name }) => ({
      name,
      clientId: this.createIntegrationClient(name, server, scope).userPoolClientId,
    }))
  }

  private createIntegrationClient(
    name: string,
    server: UserPoolResourceServer,
    scope: ResourceServerScope,
  ): UserPoolClient {
    const client = this.pool.addClient(`Integration-${name}`, {
      userPoolClientName: name,
      generateSecret: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.minutes(60),
      preventUserExistenceErrors: true,
      oAuth: { flows: { clientCredentials: true }, scopes: [OAuthScope.resourceServer(server, scope)] },
    })
    // Without any flow Cognito would let people sign in through it by password.
    const resource = client.node.defaultChild
    if (resource instanceof CfnUserPoolClient) resource.explicitAuthFlows = ['ALLOW_REFRESH_TOKEN_AUTH']
    return client
  }
}
