"""The words of appeals, calls to act and lines of particulars in the press's languages: data of ``appeals``.

Regular expressions, a group a line. Words with spaces between them carry their own boundaries.
"""

from __future__ import annotations

# The paper speaks.
PAPER = r"""
\b(?:we|our|us|we're|we’re)\b
\b(?:wir|uns|unser\w{0,3})\b
\b(?:nous|notre|nos)\b
\b(?:nosotros|nuestr[oa]s?)\b
\b(?:nós|noss[oa]s?)\b
\b(?:noi|nostr[oaie])\b
\b(?:wij|ons|onze)\b
\b(?:vår[ea]?|vårt|våra|oss|vores)\b
\b(?:мы|нас|нам|наш\w{0,3})\b
\b(?:nasz\w{0,3}|nami)\b
\b(?:bizim|bizi)\b
\b(?:kami)\b
我们|我們|本报|本報|本刊|本网|本網
私たち|わたしたち|弊社|本紙|当社
우리|저희|본지
نحن|صحافتنا|موقعنا|لنا
"""

# It speaks to its reader.
READER = r"""
\b(?:you|your|readers?)\b
\b(?:Sie|Ihr(?:e[mnrs]?)?|Leser(?:innen)?|du|dein\w{0,2})\b
\b(?:vous|votre|vos|lecteurs)\b
\b(?:usted(?:es)?|tus?|suscríbe\w*|lector(?:es|as)?)\b
\b(?:você|sua|leitor(?:es)?)\b
\b(?:voi|vostr[oaie]|tu[oa]|lettori)\b
\b(?:uw|jouw|lezers?)\b
\b(?:din|ditt|deres|läsare|lesere)\b
\b(?:вы|вас|вам|ваш\w{0,3}|читател\w+)\b
\b(?:twoj\w{0,3}|twój|czytelni\w+)\b
\b(?:siz\w*|okur\w*)\b
\b(?:anda|pembaca)\b
您|读者|讀者|你的
皆様|みなさま|読者|あなた
여러분|독자|당신
القراء|دعمكم|تبرعكم
"""

# What the reader is asked to do. No groups within the alternatives: ``appeals`` looks for their beginnings first.
DEEDS = r"""
\b(?:donat\w+|contribute|contributions?|contributing|supporters?|supporting|support)\b
\b(?:subscribe|subscribers?|subscribing|subscriptions?|memberships?|paywalls?|chip in)\b
\b(?:spende\w*|unterstütz\w+|abonn\w+|abo|mitgliedschaft|mitglied)\b
\b(?:dons?|faire un don|soutien|souten\w+|abonn\w+|adhér\w+)\b
\b(?:donaci\w+|dona|donar|apoy\w+|suscri\w+|hazte soci[oa])\b
\b(?:doaç\w+|doe|apoi\w+|assine\w*|assinar\w*|assinatura\w*|assinante\w*)\b
\b(?:donazion\w+|sostieni|sostener\w*|sostegno|abbonat\w+|abbonament\w+)\b
\b(?:donatie\w*|doneer\w*|steun\w*|abonne\w+|lid worden)\b
\b(?:støtt\w*|stöd\w*|prenumer\w+|abonner\w*|donera)\b
\b(?:пожертвова\w+|поддерж\w+|подпи[сш]\w+|донат\w*)\b
\b(?:wspar\w+|wspier\w+|prenumer\w+|darowizn\w+|subskry\w+)\b
\b(?:bağış\w*|destek\w*|abone\w*)\b
\b(?:donasi\w*|dukung\w*|berlangganan)\b
捐款|捐助|捐赠|捐贈|赞助|贊助|支持|订阅|訂閱|付费会员|成为会员|成為會員
ご寄付|寄付|ご支援|購読|会員登録
후원|구독|기부
تبرع|ادعم|دعم|اشترك
"""

# The trade in whose name it asks.
TRADE = r"""
\b(?:journalis[mt]s?|reporting|reporters?|newsrooms?|paywalls?|tell(?:ing)? the story|stories|news (?:outlets?|organi[sz]ations?))\b
\b(?:journalis\w+|redaktion\w*|berichterstattung)\b
\b(?:journalis\w+|rédaction|média indépendant|presse)\b
\b(?:periodis\w+|redacción|medios? independientes?)\b
\b(?:jornalis\w+|redação)\b
\b(?:giornalis\w+|redazione|informazione)\b
\b(?:journalist\w+|redactie)\b
\b(?:журналист\w*|редакци\w*|издани\w+)\b
\b(?:dziennikar\w+|redakcj\w+)\b
\b(?:gazetecili\w+|haberci\w+)\b
\b(?:jurnalis\w*|redaksi)\b
新闻|新聞|报道|報導|媒体|媒體
報道|ジャーナリズム|記事
저널리즘|언론|기사
صحافة|الصحافة|صحافي
"""

# Whole short paragraphs.
SHORT_APPEALS = r"""
your (?:support|donation|contribution|subscription|membership) (?:helps?|makes?|allows?|enables?|means|keeps?|matters)\b.*
(?:please )?(?:consider )?(?:support(?:ing)?|donat(?:e|ing)|contribut(?:e|ing)) (?:to )?(?:us|our \w+|local news)\b.*
(?:please )?(?:consider )?support(?:ing)? (?:independent (?:journalism|media)|(?:the|quality|local|fearless) (?:\w+ )?journalism)\b.*
(?:become|be) an? (?:\w+ )?(?:supporter|member|patron|subscriber) (?:today|now|of|from|for)\b.*
(?:ihre|deine) (?:unterstützung|spende) (?:hilft|macht|ermöglicht|zählt)\b.*
unterstützen sie (?:uns|unsere|unabhängigen)\b.*
votre (?:soutien|don|abonnement) (?:nous|est|permet|compte|fait)\b.*
soutenez[- ](?:nous|une|notre|la|le|un)\b.*
(?:tu|su) (?:apoyo|donación|suscripción) (?:nos|hace|permite|es)\b.*
apoya (?:el periodismo|nuestro|a)\b.*
(?:seu|sua) (?:apoio|doação|assinatura) (?:nos|faz|permite|é)\b.*
apoie o jornalismo\b.*
(?:il tuo|la tua) (?:sostegno|donazione|abbonamento) (?:ci|è|fa|permette)\b.*
sostieni (?:il|la|l'|il nostro)\b.*
(?:uw|jouw) (?:steun|donatie)\b.*
ваша поддержка\b.*
поддержите (?:нас|нашу|независим\w+)\b.*
(?:您|你)的(?:支持|捐款|订阅|訂閱).*
请支持(?:我们|本刊|独立).*
"""

# The whole of a link: what the reader is to do.
ACTIONS = r"""
(?:sign ?up|subscribe)(?: (?:now|here|today|for free|free|to (?:our|the) newsletter))?
(?:register|join(?: us| now| the (?:list|club|channel|group))?)(?: (?:now|here|today|for free|free|to (?:our|the) newsletter))?
(?:listen|download(?: (?:the|our) app)?|donate|get the app|support us)(?: (?:now|here|today|for free|free|to (?:our|the) newsletter))?
subscribe to .{2,40}|sign up (?:for|to) .{2,40}newsletter.{0,20}|listen (?:to the podcast|on .{3,30})|get the newsletter
see (?:the )?(?:offers?|plans)
(?:jetzt |hier |kostenlos |gratis ){0,2}(?:anmelden|abonnieren|bestellen|registrieren|herunterladen|anhören|spenden|abo abschließen|testen)
(?:je )?(?:m[’']|s[’'])(?:inscri(?:re|s)|abonne[rz]?)|inscrivez-vous|abonnez-vous|écouter|télécharger|faire un don
découvrir (?:nos|l[’']) ?offres?
(?:suscríb[ae]te|regístrate|apúntate|descarga la app|escuchar|escúchalo|dona(?: ahora)?)(?: aquí| gratis| ahora)?
(?:assine|inscreva-se|cadastre-se|baixe o app|ouça|doe)(?: já| aqui| agora| grátis)?
(?:iscriviti|abbonati|registrati|scarica l[’']app|ascolta|dona)(?: ora| qui| subito| gratis)?
(?:schrijf (?:je|u) in|meld (?:je|u) aan|abonneer(?: je)?|luister|download|doneer)(?: nu| hier| gratis)?
(?:meld deg på|abonner|prenumerera|anmäl dig|tilmeld dig|lytt|lyssna)(?: nå| nu| her| här)?
(?:подпи(?:сывайтесь|саться|шитесь)|зарегистрироваться|скачать|слушать|поддержать)(?: сейчас| здесь| бесплатно)?
(?:zapisz się|subskrybuj|zaprenumeruj|pobierz|posłuchaj)(?: teraz| tutaj)?
(?:abone ol|kaydol|indir|dinle|üye ol)(?:un)?
(?:立即|现在|馬上)?(?:捐款|捐助|捐赠|捐贈|支持我们|支持我們)
(?:点击|點擊|点我|點我|按我|立即|马上|馬上|免费|免費|前往|扫码)?(?:下载|下載|订阅|訂閱|报名|報名|关注|關注|追蹤|加入|注册|註冊|收听|收聽|参加|參加|看活動辦法|看活动|了解更多|查看详情)(?:我们|我們|APP|客户端|新聞|會員|会员)?(?:APP)?
(?:今すぐ|無料|会員)?(?:寄付|支援|応援|登録|購読|ダウンロード|申し込む|申し込み|聴く)(?:する|はこちら)?
(?:지금 )?(?:기부|후원|구독|가입|다운로드|신청)(?:하기)?
اشترك(?: الآن)?|حمل التطبيق|سجل الآن
"""

# The end of a short text that somebody paid for; written as labels are, so capitals count.
SPONSORED = r"""
Sponsored|SPONSORED|Promoted|PROMOTED|Paid Post|Advertorial|Ad|AD|Gesponsert|Anzeige|ANZEIGE|Sponsorisé|Contenu sponsorisé
Patrocinado|Sponsorizzato|Gesponsord|Sponset|Annonse|Sponsrad|Реклама|Sponsorlu|赞助|贊助|广告|廣告|推广|PR|スポンサー|광고
"""

# A line a sign: a line of particulars has two at least.
PARTICULARS = r"""
\d{4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}
来源\s?[:\uff1a]|來源\s?[:\uff1a]|稿源\s?[:\uff1a]|出处\s?[:\uff1a]
(?:作者|记者|記者|编辑|編輯|责编|責編|撰文|通讯员)\s?[:\uff1a/\uff0f]
(?:字号|字體|字体|字級|字级)
(?:打印|列印|关闭|關閉|收藏|纠错|分享到)
(?:点击|浏览|阅读|瀏覽|閱讀|评论)(?:数|量|次数|數)?\s?[:\uff1a(\uff08]
(?:公開日|更新日|掲載日|配信)\s?[:\uff1a]
(?:입력|수정|기사입력|최종수정)\s?[:\uff1a]?\s?\d{4}
"""

# What a paper sends to its readers, and what they are to do to get it.
LETTERS = r"""
\b(?:newsletters?|e-?mail briefings?|(?:morning|daily|weekly|evening) (?:briefing|digest|round-?up)|your inbox|mailing list)\b
\b(?:infolettres?|lettre d[’']information|bo[iî]te (?:mail|de réception)|votre bo[iî]te)\b
\b(?:postfach|posteingang|rundbrief)\b
\b(?:bolet[ií](?:n|ne?s)|tu correo|su correo|seu e-?mail)\b
\b(?:tua casella|nieuwsbrief|nyhetsbrev|nyhedsbrev|biuletyn|бюллетень|рассылк\w+|e-?bülten\w*)\b
简报|簡報|电子报|電子報|邮箱|郵箱|信箱
メールマガジン|メルマガ|ニュースレター|メールでお届け
뉴스레터|이메일
النشرة
"""
# Each alternative of LETTERS has one of these in it: looked for before the regular expression is.
LETTER_WORDS = """
newsletter briefing digest round-up roundup inbox mailing infolettre lettre boîte boite postfach posteingang rundbrief bolet correo
mail casella nieuwsbrief nyhetsbrev nyhedsbrev biuletyn бюллетень рассылк bülten 简报 簡報 电子报 電子報 邮箱 郵箱 信箱
メールマガジン メルマガ ニュースレター メールでお届け 뉴스레터 이메일 النشرة
"""
GETTING = r"""
\b(?:sign(?:ing)? up|subscribe|register|get|join|receive|delivered)\b
\b(?:anmelden|melden sie sich|abonnier\w+|bestellen|erhalten sie|registrier\w+)\b
\b(?:inscri(?:vez|s)[\w-]*|abonnez[\w-]*|recevez|je m[’']inscris)\b
\b(?:suscr[ií]b\w+|ap[uú]nta\w+|recibe|reg[ií]strat\w+|assine|receba|inscreva\w*|cadastre\w*)\b
\b(?:iscriviti|ricevi|abbonati|schrijf|ontvang|meld je|prenumerera|abonner|tilmeld|zapisz|подпи\w+|abone ol\w*)\b
订阅|訂閱|送到|登録|お届け|구독|신청|اشترك
"""
