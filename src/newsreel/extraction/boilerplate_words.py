"""What publishers call things that are not the article, and the words that readers see on them.

Data of ``boilerplate``: regular expressions, names in lower case. Each is in use on many sites; none is of one site.
"""

from __future__ import annotations

# Reason -> words of class and id.
NAMES: dict[str, str] = {
    "advert": r"""
        ads? advert\w* adslot ad-?(?:slot|unit|box|container|wrapper|banner|block|label) dfp gpt sponsor\w* promo\w*
        taboola outbrain anzeige werbung publicidad publicite pubblicita reklama banner affiliate commercial
        native-ad paid partner-?content
    """,
    "share bar": r"""
        shar(?:e|ing|ebar)\w* social\w* addthis sharedaddy follow(?:-us)? like-?button bookmark\w* toolbar
        print-?button whatsapp telegram-?button copy-?link sns
    """,
    "related links": r"""
        related\w* recommend\w* recirc\w* read-?(?:more|next|also) more-?(?:stories|news|from|on|articles|like)
        most-?(?:read|popular|viewed) popular trending teasers? see-?also also-?(?:read|like) you-?may
        next-?(?:article|story|post) prev(?:ious)?-?(?:article|post) pagination pager latest-?(?:news|stories)
        similar further-?reading mehr-?zum-?thema zum-?thema weiterlesen lesetipp\w* ver-?tambien relacionad\w*
        a-?lire lire-?aussi correlati ontopic onward suggested crosslink\w* linkbox link-?list up-?next
        jp-relatedposts post-?navigation nav-?links
    """,
    "newsletter box": r"""
        news-?letter\w* subscri\w* sign-?up signup\w* opt-?in mailing-?list mailchimp abo-?box suscri\w* iscriviti
        donat\w* contribution contribute support-?us membership paywall\w* piano premium-?box regwall register login
        cta call-?to-?action app-?download download-?app
    """,
    "cookie notice": r"""
        cookies? cookie-?(?:bar|banner|notice|consent) consent gdpr onetrust didomi
    """,
    "comments": r"""
        comments? comment-?(?:list|section|form|count|area) disqus livefyre kommentare? comentarios? commentaires?
        respond discussion replies reactions coral
    """,
    "navigation": r"""
        nav(?:igation|bar)? menu breadcrumbs? breadcrumb\w* sidebar side-?bar site-?(?:header|footer) masthead
        footer topbar skip-?link\w* toc table-of-contents jump-?links? back-?to-?top
    """,
    "tags": r"""
        tags tag-?(?:list|cloud|links) topics?-?(?:list|links) keywords post-?tags article-?tags categories
        category-?links cat-?links entry-?(?:footer|tags|categories) post-?meta post-?info
    """,
    "byline": r"""
        by-?lines? author\w* about-?author bio biography contributors? entry-?meta article-?meta meta-?data metadata
        dateline date pub-?date publish-?date timestamp time-?stamp posted-?on last-?updated read(?:ing)?-?time
        article-?info article-?date post-?date entry-?date autor\w* auteur writer reporter
    """,
    "caption": r"""
        captions? \w*-?caption wp-caption-text photo-?credit image-?credit credits? copyright img-?desc legend
        bildunterschrift image-?source media-?caption photo-?caption gallery\w* slideshow carousel slider lightbox
        image-?description
    """,
    "player": r"""
        player video-?(?:player|wrapper|container|embed|js) audio-?player podcast-?player jwplayer brightcove listen
        text-?to-?speech speech
    """,
    "hidden": r"""
        visually-?hidden sr-?only screen-?reader(?:-?text)? offscreen print-?only noprint no-print skip-?link
    """,
    "dialog": r"""
        modal popup pop-?up overlay tooltip lightbox toast drawer offcanvas flyout
    """,
    "embedded": r"""
        embed-?(?:card|fallback) twitter-?tweet instagram-?media fb-?post tiktok-?embed poll quiz survey rating\w*
        vote calculator weather ticker stock\w*
    """,
}

# The whole of a short text. A line may hold several, with bars between.
LABELS = r"""
recommended|related(?: (?:articles?|stor(?:y|ies)|posts?|topics?|content|news|links?|coverage))?
read (?:more|next|also|on)|more (?:stories|news|on this(?: story)?|from .{2,40})|most (?:read|popular)|see also
you (?:may|might) also (?:like|be interested in)|also read|trending(?: now)?|up next|don't miss
editor'?s'? (?:picks?|choice)|latest (?:news|stories)|undo|(?:sponsored)+|advert(?:isement|ising|isment)?|ad|promoted
powered by .{2,30}|open image in gallery|view (?:image|gallery)
(?:click (?:here )?to |tap to )?(?:enlarge|expand)(?: (?:the |this )?(?:image|photo|picture))?
image (?:source|caption|credit).{0,80}
share(?: (?:this|on|via|article|full article|story).{0,40})?|tweet|email|print|copy link|save
comments?(?: \(?\d+\)?)?|\d+ comments?|leave a (?:comment|reply)|view comments|sign up|log ?in
subscribe(?: now| today)?|support now|donate(?: now)?|follow us.{0,60}|skip (?:to|past).{0,40}|continue reading
story continues(?: below(?: advertisement)?)?|article continues below|scroll to continue.{0,40}|loading\W*
listen(?: to (?:this )?(?:article|story))?|watch(?: (?:now|live|more|video))?|video|photos?|gallery|tags?:?
topics?:?|keywords?:?|back to top|(?:lesen|sehen|hören) sie auch.{0,80}|mehr (?:zum thema|dazu|lesen|zu).{0,60}
zum thema|das könnte sie auch interessieren|anzeige|werbung|weiterlesen|newsletter|kommentare?|teilen
lire (?:aussi|la suite|plus|également).{0,80}|à lire (?:aussi|également).{0,80}|sur le même (?:sujet|thème)
publicité|partager|lea también.{0,80}|leer (?:más|también).{0,80}|te puede interesar.{0,60}|publicidade?|compartir
compartilhar|leia (?:também|mais).{0,80}|veja também.{0,80}|leggi anche.{0,80}|pubblicità|condividi
lees (?:ook|meer|verder).{0,80}|advertentie|читайте также.{0,80}|реклама|поделиться|اقرأ أيضا.{0,80}|إعلان
相关(?:新闻|阅读|推荐|文章|链接|报道)|推荐阅读|延伸阅读|相關(?:新聞|閱讀|文章)|延伸閱讀|分享到?|广告|廣告|打印
責任編輯.{0,20}|责任编辑.{0,30}|編輯推薦|関連(?:記事|ニュース|リンク)
おすすめ(?:記事)?|続きを読む|広告|あわせて読みたい.{0,60}|관련 ?(?:기사|뉴스)|추천 ?(?:기사
뉴스)|광고|공유하기|benzer haberler|ilgili haberler|reklam
请?(?:继续|繼續)(?:往下)?(?:阅读|閱讀).{0,8}|請(?:继续|繼續)(?:往下)?(?:阅读|閱讀).{0,8}|下拉(?:阅读|閱讀)更多|もっと(?:見る|読む)
■ ?関連(?:記事|キーワード)|人気キーワード
(?:hier geht es |es geht )?weiter (?:geht es )?nach der (?:anzeige|werbung)|(?:der )?artikel wird nach der anzeige fortgesetzt
nach der anzeige geht es weiter.{0,20}
(?:la suite|suite de l[’']article|l[’']article continue|votre lecture continue) après (?:la|cette) (?:publicité|pub)
continúa (?:leyendo )?después de la publicidad
continua (?:a leggere )?dopo la pubblicità|continua (?:a ler |lendo )?(?:após|depois d)(?: a|a) publicidade
(?:het )?artikel gaat verder (?:onder|na) de (?:advertentie|foto|video)
(?:artikkelen|saken|artikeln) fortset?ter under (?:annonsen|bildet|videoen)|(?:記事は)?広告の(?:後|下)に続きます
продолжение (?:статьи )?после рекламы
don[’']t want to see this\? remove ads|remove ads|recommended videos?|czytaj więcej|empfohlener (?:redaktioneller|externer) inhalt
auf dieser seite
(?:this |the )?(?:content|article) is (?:reserved for|available to|only for) (?:our )?(?:subscribers|members)(?: only)?
already (?:a subscriber|have an account|registered)\?.{0,40}
create an account or (?:sign|log) in.{0,60}|(?:register|sign up|log ?in)(?: ?/ ?sign in)? to (?:unlock|read|continue|keep reading).{0,40}
sign in or create an account
you have \d{1,2} (?:free )?(?:articles?|stories) (?:left|remaining).{0,30}|this (?:article|story) is free to read.{0,40}
(?:(?:il|la) vous )?reste \d{1,2}.{0,50}à (?:lire|découvrir).{0,30}|(?:cet )?article (?:est )?réservé aux abonnés.{0,40}
l[’']espace des contributions est réservé aux abonnés
(?:zum |bild |foto )?vergrößern|agrandir(?: l[’']image| la photo)?|ampliar(?: la)?(?: imagen| foto)?|ampliar imagem|ingrandisci.{0,12}
увеличить(?: фото| изображение)?|(?:点击|點擊)?(?:查看|看)?(?:大图|大圖|原图|原圖)|画像を拡大(?:する)?|(?:이미지|사진) ?(?:크게|확대).{0,4}
rückgängig(?: machen)?|annuler|deshacer|annulla|撤销|撤銷|元に戻す
"""

# The start of a short text.
STARTS = r"""
read more:|read also:|also read:|related:|see also:|more:|watch:|listen:|recommended:
sign up (?:for|to) (?:our|the|get)|subscribe to (?:our|the)|get (?:the|our) .{0,40}newsletter
join (?:our|us on) (?:whatsapp|telegram)|follow (?:us|our|@)|download (?:our|the) app|click here to
this article (?:was )?(?:originally|first) (?:appeared|published)|©|\(c\) ?\d{4}|copyright|all rights reserved
lesen sie (?:auch|hier|mehr|dazu)|mehr zum thema|lire aussi|à lire|lea también|lea además|leia (?:também|mais)
leggi anche|lees ook|czytaj (?:też|także|również)|читайте также|читайте:|더보기
(?:photo|image|foto|photograph|bild|picture|fotos|credit|photo credit|image credit|quelle|source|crédit)s?\s*(?::|©)
本文来源|原标题|责任编辑|編輯:|编辑:
版权声明|ⓒ|<저작권|저작권자|무단 ?전재|we use cookies|this site uses cookies|your support (?:helps|makes)
[(\uff08\[\u3010]?\s?(?:责任编辑|責任編輯|责编|責編|本文编辑|文字编辑|责任校对|校对|编审|审核|初审|复审|终审|监制|監製|编辑|編輯)\s?[:\uff1a/\uff0f].{1,60}$
(?:免责声明|免責聲明|版权声明|版權聲明|特别声明|特別聲明|声明|聲明|风险提示|投资提示)\s?[:\uff1a]|(?:\u3010|\[)(?:免责|版权|特别)声明
.{0,12}(?:扫描|扫一扫|扫码|掃描)[^\u3002\uff0c]{0,14}(?:二维码|QR|关注|關注|下载|下載|公众号|公眾號|客户端|加入)[^\u3002]{0,40}$
.{0,12}(?:掃碼|长按|長按|识别)[^\u3002\uff0c]{0,14}(?:二维码|QR|关注|關注|下载|下載|公众号|公眾號|客户端|加入)[^\u3002]{0,40}$
(?:欢迎|歡迎|请|請|点击)?(?:关注|關注|搜索|添加|订阅|訂閱)[^\u3002\uff0c]{0,20}(?:公众号|公眾號|微信号|视频号|頻道|频道|粉絲團|粉絲專頁)[^\u3002]{0,30}$
(?:この記事|こちら)は(?:有料)?会員限定|有料会員(?:になると|に登録)|無料会員登録|会員登録すると
an dieser stelle (?:findest du|finden sie) (?:einen |ein )?(?:extern|empfohlen)|ich bin damit einverstanden, dass (?:mir|meine)
personenbezogene daten können an dritt
(?:the )?(?:views|opinions)(?: and (?:views|opinions))? expressed (?:here|in this|are)|got a story\?
have (?:you got )?a (?:story|news tip)\?|do you have a (?:story|tip)
for more stories like this|join (?:the|our) (?:conversation|discussion|(?:commenting )?forum|community)|join thought-provoking
(?:\S+ ){1,4}may (?:earn|receive|get) (?:a|an) (?:small |affiliate ){0,2}(?:commission|compensation)
(?:we|i) (?:may )?(?:earn|receive) (?:a |an )?(?:small |affiliate ){0,2}commissions? (?:when|if|on|from|for)
this (?:article|page|post|site) (?:may )?contains? affiliate links|als amazon-partner|hat ihnen (?:dieser|der) artikel gefallen
mehr (?:themen|artikel|stories) (?:auf|von|aus)|dieses thema im programm|sie lesen gerade
"""
