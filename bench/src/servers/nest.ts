import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import {
  Body,
  type CallHandler,
  type CanActivate,
  ClassSerializerInterceptor,
  Controller,
  type ExecutionContext,
  Get,
  Headers,
  Injectable,
  Module,
  type NestInterceptor,
  Param,
  Post,
  Req,
  UnauthorizedException,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, NestFactory, Reflector } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { Exclude, Expose } from 'class-transformer';
import { IsNumberString, IsString, MaxLength } from 'class-validator';
import type { Request } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { map } from 'rxjs';
import { announce } from '../announce.js';
import { apiKey, userByToken } from './environment.js';
import { charge, history } from './stripe.js';

/** `plain` leaves out what Paydesk does without: the throttler, the serializer and an interceptor. */
const isPlain = process.argv[2] === 'plain';

interface SignedIn extends Request {
  user?: string;
}

class ChargeRequest {
  @IsNumberString()
  amount!: string;

  @IsString()
  @MaxLength(1000)
  description!: string;

  @IsString()
  @MaxLength(255)
  stripe_payment_method_id!: string;
}

@Exclude()
class ChargeResponse {
  @Expose()
  readonly id: string;

  constructor({ id }: { id: string }) {
    this.id = id;
  }
}

@Injectable()
class AuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<SignedIn>();
    const credential = request.header('authorization')?.slice('Bearer '.length) ?? '';
    const user = userByToken[credential];
    if (user !== undefined) request.user = user;
    else if (credential !== apiKey) throw new UnauthorizedException();
    return true;
  }
}

@Injectable()
class UndefinedToNull implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map((value: unknown) => value ?? null));
  }
}

@Controller()
class PaymentsController {
  @Post('partners/user/:id/payment_intent')
  async charge(
    @Param('id') user: string,
    @Body() body: ChargeRequest,
    @Headers('idempotency-key') key?: string,
  ): Promise<ChargeResponse> {
    return new ChargeResponse(await charge(user, body, key));
  }

  @Get('payments/get-history')
  history(@Req() request: SignedIn) {
    return history(request.user ?? '');
  }
}

@Module({
  imports: isPlain ? [] : [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 100_000_000 }])],
  controllers: [PaymentsController],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    ...(isPlain
      ? []
      : [
          { provide: APP_GUARD, useClass: ThrottlerGuard },
          { provide: APP_INTERCEPTOR, useClass: UndefinedToNull },
          {
            provide: APP_INTERCEPTOR,
            useFactory: (reflector: Reflector) => new ClassSerializerInterceptor(reflector),
            inject: [Reflector],
          },
        ]),
  ],
})
class AppModule {}

/** What people run in front of Stripe with Nest: its Express adapter, validation, and the packages of its documentation. */
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.use(pinoHttp({ genReqId: (request) => request.headers['x-request-id'] ?? randomUUID() }));
app.use(helmet());
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
await app.listen(0, '127.0.0.1');
announce(app.getHttpServer());
