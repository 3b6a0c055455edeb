import type { Language } from './language.js';

/** What the page says. */
export interface ConfirmTexts {
  title: string;
  /** @param merchant its name, if it is known */
  asks: (merchant: string | null) => string;
  needsAuthentication: string;
  declined: string;
  /** @param card such as ` (•••• 4242)`; empty if it is not known */
  authenticate: (card: string) => string;
  anotherCard: string;
  elsewhere: string;
  goOn: string;
  leaving: string;
  done: string;
  doneText: string;
  closed: string;
  closedText: string;
  expired: string;
  expiredText: string;
  unknown: string;
  unknownText: string;
  later: string;
  laterText: string;
  tryAgain: string;
}

/** The texts of the page in each language. */
export const TEXTS: Readonly<Record<Language, ConfirmTexts>> = {
  en: {
    title: 'Complete your payment',
    asks: (merchant) => (merchant === null ? 'You are asked to pay' : `${merchant} asks you to pay`),
    needsAuthentication: 'Your bank wants to make sure that it is you who pays.',
    declined: 'Your bank did not accept the payment. Nothing was charged.',
    authenticate: (card) => `Confirm with your bank${card}`,
    anotherCard: 'Pay with another card',
    elsewhere: 'Your payment is not complete yet.',
    goOn: 'Continue',
    leaving: 'You are being taken to a secure page.',
    done: 'Thank you',
    doneText: 'This payment is complete. You can close this page.',
    closed: 'This payment was cancelled',
    closedText: 'Nothing was charged. Please contact the merchant if you still want to pay.',
    expired: 'This link has expired',
    expiredText: 'Please ask the merchant for a new one.',
    unknown: 'This link is not valid',
    unknownText: 'Please check that you have opened the complete link.',
    later: 'Please try again in a moment',
    laterText: 'The payment cannot be shown right now. You will not be charged twice.',
    tryAgain: 'Try again',
  },
  de: {
    title: 'Zahlung abschließen',
    asks: (merchant) =>
      merchant === null ? 'Sie werden um eine Zahlung gebeten' : `${merchant} bittet Sie um eine Zahlung`,
    needsAuthentication: 'Ihre Bank möchte sicherstellen, dass Sie es sind.',
    declined: 'Ihre Bank hat die Zahlung nicht angenommen. Es wurde nichts abgebucht.',
    authenticate: (card) => `Bei Ihrer Bank bestätigen${card}`,
    anotherCard: 'Mit einer anderen Karte zahlen',
    elsewhere: 'Ihre Zahlung ist noch nicht abgeschlossen.',
    goOn: 'Weiter',
    leaving: 'Sie werden auf eine sichere Seite weitergeleitet.',
    done: 'Vielen Dank',
    doneText: 'Diese Zahlung ist abgeschlossen. Sie können diese Seite schließen.',
    closed: 'Diese Zahlung wurde storniert',
    closedText:
      'Es wurde nichts abgebucht. Wenn Sie noch zahlen möchten, wenden Sie sich bitte an den Händler.',
    expired: 'Dieser Link ist abgelaufen',
    expiredText: 'Bitte fragen Sie den Händler nach einem neuen.',
    unknown: 'Dieser Link ist nicht gültig',
    unknownText: 'Bitte prüfen Sie, ob Sie den vollständigen Link geöffnet haben.',
    later: 'Bitte versuchen Sie es gleich noch einmal',
    laterText: 'Die Zahlung kann gerade nicht angezeigt werden. Sie zahlen nicht doppelt.',
    tryAgain: 'Noch einmal versuchen',
  },
  fr: {
    title: 'Terminer votre paiement',
    asks: (merchant) =>
      merchant === null ? 'Un paiement vous est demandé' : `${merchant} vous demande un paiement`,
    needsAuthentication: 'Votre banque veut s’assurer que c’est bien vous qui payez.',
    declined: 'Votre banque n’a pas accepté le paiement. Rien n’a été débité.',
    authenticate: (card) => `Confirmer auprès de votre banque${card}`,
    anotherCard: 'Payer avec une autre carte',
    elsewhere: 'Votre paiement n’est pas encore terminé.',
    goOn: 'Continuer',
    leaving: 'Vous allez être redirigé vers une page sécurisée.',
    done: 'Merci',
    doneText: 'Ce paiement est terminé. Vous pouvez fermer cette page.',
    closed: 'Ce paiement a été annulé',
    closedText: 'Rien n’a été débité. Si vous souhaitez encore payer, veuillez contacter le commerçant.',
    expired: 'Ce lien a expiré',
    expiredText: 'Veuillez en demander un nouveau au commerçant.',
    unknown: 'Ce lien n’est pas valide',
    unknownText: 'Veuillez vérifier que vous avez ouvert le lien complet.',
    later: 'Veuillez réessayer dans un instant',
    laterText: 'Le paiement ne peut pas être affiché pour le moment. Vous ne serez pas débité deux fois.',
    tryAgain: 'Réessayer',
  },
  es: {
    title: 'Completar su pago',
    asks: (merchant) => (merchant === null ? 'Se le solicita un pago' : `${merchant} le solicita un pago`),
    needsAuthentication: 'Su banco quiere asegurarse de que es usted quien paga.',
    declined: 'Su banco no ha aceptado el pago. No se ha cobrado nada.',
    authenticate: (card) => `Confirmar con su banco${card}`,
    anotherCard: 'Pagar con otra tarjeta',
    elsewhere: 'Su pago aún no se ha completado.',
    goOn: 'Continuar',
    leaving: 'Se le está redirigiendo a una página segura.',
    done: 'Gracias',
    doneText: 'Este pago se ha completado. Puede cerrar esta página.',
    closed: 'Este pago se ha cancelado',
    closedText: 'No se ha cobrado nada. Si todavía desea pagar, póngase en contacto con el comercio.',
    expired: 'Este enlace ha caducado',
    expiredText: 'Solicite uno nuevo al comercio.',
    unknown: 'Este enlace no es válido',
    unknownText: 'Compruebe que ha abierto el enlace completo.',
    later: 'Inténtelo de nuevo en un momento',
    laterText: 'El pago no se puede mostrar en este momento. No se le cobrará dos veces.',
    tryAgain: 'Intentar de nuevo',
  },
  it: {
    title: 'Completare il pagamento',
    asks: (merchant) =>
      merchant === null ? 'Le viene richiesto un pagamento' : `${merchant} le richiede un pagamento`,
    needsAuthentication: 'La sua banca vuole assicurarsi che sia lei a pagare.',
    declined: 'La sua banca non ha accettato il pagamento. Non è stato addebitato nulla.',
    authenticate: (card) => `Confermare con la propria banca${card}`,
    anotherCard: 'Pagare con un’altra carta',
    elsewhere: 'Il pagamento non è ancora completato.',
    goOn: 'Continua',
    leaving: 'Verrà reindirizzato a una pagina sicura.',
    done: 'Grazie',
    doneText: 'Questo pagamento è completato. Può chiudere questa pagina.',
    closed: 'Questo pagamento è stato annullato',
    closedText: 'Non è stato addebitato nulla. Se desidera ancora pagare, contatti il venditore.',
    expired: 'Questo link è scaduto',
    expiredText: 'Ne richieda uno nuovo al venditore.',
    unknown: 'Questo link non è valido',
    unknownText: 'Verifichi di aver aperto il link completo.',
    later: 'Riprovi tra un momento',
    laterText: 'Il pagamento non può essere mostrato in questo momento. Non le sarà addebitato due volte.',
    tryAgain: 'Riprova',
  },
};
