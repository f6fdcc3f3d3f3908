"""What tables and columns are called in languages beside English and Chinese, and in the exports of known programs.

The programs: Kingdee, Yonyou (UFIDA), SAP, Odoo, ERPNext, QuickBooks, Tally, Shopify, WooCommerce, Business Central.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from helpers.intake.values.han import simplified
from helpers.intake.values.units import BRACKETS
from helpers.settings.source import TableName

#: What Kingdee writes before a head: of which part of a document it is.
_BEFORE = re.compile(r"^[(（][^()（）]*(?:头|信息|明细|体)[)）]\s*(?=\S)")


@lru_cache(maxsize=4096)  # each head is compared with what each column of each table may be called
def plain(name: str) -> str:
    """Return a name without case, accents, blanks, punctuation, and what stands in brackets at its end (a unit)."""
    name = _BEFORE.sub("", name)
    bare = BRACKETS.sub("", name) or name
    if "%" in name or "％" in name:
        bare = re.sub(r"\s*[(（\[]?\s*[%％]\s*[)）\]]?\s*$", " percent", name)
        bare = re.sub(r"^\s*[%％]\s*(?:de\s+)?(.+)$", r"\1 percent", bare)
    letters = []
    for character in bare:
        parts = unicodedata.normalize("NFKD", character)
        letters.append(
            parts[0] if len(parts) > 1 and parts[0].isascii() else unicodedata.normalize("NFKC", character)
        )
    return simplified(re.sub(r"[\W_]+", "", "".join(letters) or name).lower())


def listed(words: str) -> tuple[str, ...]:
    """Return words that blanks part, each as :func:`plain` writes it, once."""
    return tuple(dict.fromkeys(plain(word) for word in words.split()))


#: Heads of months: the date of sales that have no day.
MONTH_WORDS = listed("month monat mois mes 年月 月份")

#: Table -> words in file, sheet or table names.
TABLES: dict[TableName, tuple[str, ...]] = {
    "order_lines": listed("auftragspositionen auftragsposition rechnungspositionen umsätze umsatz verkäufe verkauf "
        "aufträge bestellungen ventes lignesdecommande lignes commandes ventas pedidos lineas líneasdepedido 売上明細 "
        "売上 受注明細 受注 注文明細 salesregister salesdaybook salesinvoice saleorderline salesorderitem orderitems "
        "orderitem lineitems invoicelines salesinvoicelines invoiceitems saleslines 销售出库 出库明细 销售订单 "
        "发票明细 销售发票 销售台账 订单 verkoop verkopen facturen vendite fatture vendas faturas sprzedaz faktury "
        "vbrp"),
    "customers": listed("kunden kundenstamm debitoren clientsliste comptesclients clientes 顧客 得意先 顧客マスタ "
        "debtors respartner partners parties 客户信息 客户主数据 往来单位"),
    "products": listed("artikel artikelstamm produkte produits productos artículos 商品マスタ 商品 製品 itemmaster "
        "productmaster stockitems producttemplate 存货档案 存货 物料清单 产品档案"),
    "salespeople": listed("verkäufer vertreter vendeurs commerciaux vendedores 担当者 営業担当 sellers 销售人员"),
    "targets": listed("ziele umsatzziele objectifs objetivos 予算 売上目標 目標"),
    "invoices": listed("rechnungen offeneposten factures facturas 請求書 請求 openitems 销项发票"),
    "payments": listed("zahlungen zahlungseingänge paiements règlements pagos cobros 入金 収款 收款单"),
    "interactions": listed("besuche besuchsberichte visites visitas 訪問 活動"),
    "complaints": listed("reklamationen beschwerden réclamations reclamaciones クレーム 客诉"),
    "surveys": listed("umfrage umfragen enquête encuesta encuestas アンケート"),
    "prospects": listed("interessenten prospecto prospectos 見込客 潜在顾客 商机 线索"),
}  # fmt: skip

#: Standard column -> other names of it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "order_id": listed("销货单号 出货单号 销货单 "
        "réffacture auftragsnummer auftragsnr auftrag belegnummer belegnr beleg rechnungsnummer "
        "rechnungsnr rechnung bestellnummer bestellnr lieferscheinnr n°decommande numérodecommande n°commande "
        "commande n°facture n°defacture numérodefacture facture n°pièce n°depièce pièce nºpedido númerodepedido "
        "pedido nºfactura númerodefactura factura nºdocumento documento 注文番号 受注番号 伝票番号 請求書番号 "
        "請求番号 管理番号 売上番号 納品番号 salesdocument billingdocument orderreference voucherno vchno num "
        "documentnumber salesinvoice salesinvoiceno transactionno 销售订单号 发票号 发票号码 单据编码 出库单编号 "
        "交易编号 订单编码 凭证号 单据号码 docnum reference billdoc faktura saleid transactionid amazonorderid numéro "
        "inv invno receipt receiptno receiptnumber 銷貨單號 單號 factuurnummer factuurnr ordernummer bonnummer "
        "numerodocumento numerofattura nfattura numeroordine numerodopedido numerodafatura numerfaktury nrfaktury "
        "numerdokumentu vbeln salesrecordnumber 内部订单号 线上订单号 balancetransactionid invref sale faturano "
        "belgeno siparişno fişno fakturanr fakturanummer ordernr ordrenr číslofaktury číslodokladu номердокумента "
        "номерзаказа номернакладной номерсчета 전표번호 주문번호 거래번호 송장번호 sốhóađơn sốchứngtừ mãđơnhàng nf "
        "notafiscal numeropedido trxnbr inv# 主订单编号 ndoc ndocumento comprobante nofaktur számlaszám "
        "numérodudocument n°document račun παραστατικό เลขที่เอกสาร laskunnumero nrfaktur nopesanan sốct chứngtừsố "
        "מס'חשבונית מספרחשבונית מס'הזמנה رقمالفاتورة رقمالمستند رقمالطلب αριθμόςπαραστατικού"),
    "order_date": listed("датазакрытия датасделки 销货日期 出货日期 销货日 "
        "datecomptable fechacontable vorgangsdatum datefacturation auftragsdatum belegdatum "
        "rechnungsdatum bestelldatum buchungsdatum lieferdatum datum datedecommande datecommande datedefacture "
        "datefacture datepièce fechapedido fechadepedido fechafactura fechadefactura fechadocumento fecha 受注日 "
        "注文日 売上日 売上日付 発生日 伝票日付 請求日 出荷日 日付 transactiondate createdat billingdate voucherdate "
        "txndate datecreated dateorder creationdate 业务日期 制单日期 开票日期 交易日期 下单时间 订单创建时间 "
        "订单时间 成交时间 销售时间 记账日期 录单日期 fakturadat fakturadatum invdate completedtime 发票日期 billdate "
        "銷貨日期 factuurdatum orderdatum boekdatum datadocumento datafattura dataordine dataemissao datadafatura "
        "datawystawienia datasprzedazy data fkdat audat budat 订单成交时间 saledate posteddate posteddatetime "
        "datetime createddate createdutc created faturatarihi belgetarihi sipariştarihi tarih fakturadato dato "
        "datumvystavení datumprodeje дата датадокумента датазаказа датапродажи 판매일자 주문일자 매출일자 거래일자 "
        "일자 ngày ngàyhóađơn ngàychứngtừ trxdt invdt dataemissão datavenda 订单提交时间 datadoc "
        "fechaelaboración tglfaktur kelt számlakelte datedudocument ημερομηνία วันที่ laskunpäivä laskunpvm päivämäärä "
        "ngàyhạchtoán ngàyct chứngtừngày תאריך תאריךחשבונית التاريخ تاريخالفاتورة waktupesanandibuat tanggal emissão "
        "createtime") + MONTH_WORDS,
    "customer_id": listed("客户代号 售货客户 "
        "adressnummer adressnr codetiers clientfacturé tiers kundennummer kundennr kundenr debitor "
        "debitorennr debitorennummer n°client codeclient cnpj cpfcnpj numéroclient compteclient códigocliente "
        "codcliente nºcliente númerodecliente clientecódigo 得意先コード 顧客コード 顧客番号 取引先コード 顧客id "
        "soldtoparty billtocustomerno selltocustomerno billtocustomer partycode payer partnerid 购货单位代码 "
        "客户编号代码 往来户编码 客商编码 客户代号 会员编号 customeremail 往来单位编号 购货单位编号 auftrageb "
        "auftraggeber customerreferenceid accountreference accountref 客戶代號 kdnr kdnummer klantcode klantnummer "
        "klantnr debiteurnr debiteurnummer auftraggeb codicecliente codigodocliente numerodocliente kodkontrahenta "
        "numerklienta kunnr kunag kunrg 买家编号 买家id 买家会员名 买家账号 买家昵称 下单帐号 下单账号 buyeruserid "
        "buyerusername acref carikodu müşterikodu müşterino kundnr kundnummer kundenummer odběratel кодконтрагента "
        "кодклиента 거래처코드 고객코드 거래처번호 mãkhách mãkháchhàng códcliente cust cust# custaccount "
        "invoiceaccount รหัสลูกค้า asiakasnumero vevőkód kodepelanggan customeraccount codicecli "
        "mãkh מס'לקוח מספרלקוח رقمالعميل كودالعميل κωδικόςπελάτη"),
    "line_no": listed("pos posnr positionsnr zeile zeilennr ligne n°ligne línea nºlínea linea 行番号 明細番号 "
        "salesdocumentitem idx lineid orderlineid linesequence 分录号 明细行号 regelnummer numeroriga"),
    "product_id": listed("品号 料号 "
        "artikelnummer artikelnr artnr artikel material materialnummer référencearticle codearticle "
        "référence códigoartículo codartículo artículo referencia producto 商品コード 品番 品目 製品コード 商品番号 "
        "品目コード item productservice stockitem nameofitem lineitemsku lineitemname itemid 存货代码 物料长代码 "
        "产品长代码 长代码 料号 物料代码 sku编码 商品名称 产品名称 存货名称 物料名称 itemname productname bezeichnung "
        "désignation descripción 商品名 inventoryitemcode itemsystemid 品號 artikelcode codicearticolo codarticolo "
        "codigoproduto codproduto codigodoproduto kodtowaru symboltowaru matnr stokkodu ürünkodu malzemekodu "
        "artikkelnr varenr varenummer položka kódzboží номенклатура артикул товар 품목코드 상품코드 mãhàng mãsảnphẩm "
        "towar produto artigo articolo part item# nobarang kodebarang šifraartikla είδος รหัสสินค้า tuotekoodi "
        "tételmegnevezése tétel cikkszám codprodus מק\"ט رمزالصنف كودالصنف الصنف κωδικόςείδους ชื่อสินค้า "
        "sellersku skuinduk"),
    "quantity": listed("销货数量 出货数量 "
        "qtéfacturée quantitéfacturée menge anzahl stück stückzahl quantité qté cantidad cant unidades "
        "個数 売上数量 出荷数量 billedqty invoicedquantity orderqty lineitemquantity actualquantity actualqty "
        "qtyinvoiced productuomqty quantityinvoiced 实发数量 开票数量 主数量 订单数量 购买数量 件数 salesquantity "
        "quantitypurchased billedquantity faktmenge fakturiertemenge 數量 aantal quantita quantidade qtd ilosc fkimg "
        "kwmeng 商品数量 deliveredqty qtydelivered deliveredquantity shippedqty qtyshipped 宝贝总数量 订购数量 "
        "numberofitems qtysold qtyordered quantitysold miktar adet antal množství количество колво 수량 sốlượng qtde "
        "qtdade shipqty qtyshp qtà kuantitas količina ποσότητα จำนวน mennyiség määrä sốlượngbán cantitate "
        "antall כמות الكمية"),
    "net_amount": listed("未税金额 销货金额 本币未税金额 原币未税金额 "
        "montantligneht montantnetht nettobetrag netto nettowert nettosumme nettoumsatz betragnetto "
        "positionsbetrag warenwert umsatz betrag montantht totalht montanthorstaxe caht montant importeneto "
        "importesiniva baseimponible neto importe 売上金額 税抜金額 税抜 税抜合計 売上高 金額 lineamount "
        "lineamountexclvat amountexclvat amountexcltax amountexcludingtax taxablevalue taxableamount untaxedamount "
        "pricesubtotal baseamount itemtotal subtotalw/discounts subtotal nettotal basenetamount value 无税金额 "
        "本币无税金额 原币无税金额 不含税销售额 不含税总额 销售收入 本币金额 成交额 净销售额 orderlinetotal "
        "linesubtotal goodsvalue 未稅金額 總額 total gesamtnetto nettogesamt gesamtpreisnetto nettobedrag "
        "bedragexclbtw bedragexclusiefbtw regelbedrag imponibile importonetto valorliquido totalliquido wartoscnetto "
        "netwr productsales soldfor totalrevenue ordervalue untaxedtotal 商品金额 商品总价 买家应付货款 "
        "amountinlocalcur amountinlocalcurrency valortotal vlrtotal importototale nettutar tutar beloppexklmoms "
        "beløbeksklmoms radbelopp nettobelopp nettobeløb cenabezdph částkabezdph суммабезндс 공급가액 valors/iva "
        "valorsiva valorsemiva extprice extamt extendedprice extamount importo nettóérték nettóösszeg vrednostbrezddv "
        "καθαρήαξία มูลค่าสินค้า summailmanalv verotonsumma doanhsốbán valoarefaratva jumlah "
        "doanhsố thànhtiền المبلغ صافيالمبلغ"),
    "list_amount": listed("listenwert bruttolistenwert montantcatalogue importetarifa 定価金額 标准金额"),
    "cost_amount": listed("einstandswert wareneinsatz kosten coûttotal coût costetotal coste costo 原価金額 原価合計 "
        "原価 cogs costofgoodssold 成本额 销售成本金额 wavwr"),
    "currency": listed("währung waehrung devise monnaie moneda divisa 通貨 transactioncurrency doccurrency 币别 "
        "外币名称 currencyid documentcurrency belegwährung waerk valuta moeda waluta"),
    "salesperson_id": listed("verkäufer vertreter vertriebsmitarbeiter außendienst kundenbetreuer sachbearbeiter "
        "commercial vendeur représentant vendedor comercial agente 営業担当 担当者 担当 salespersoncode "
        "salespersonname userid 销售人员 销售代表 业务人员 seller"),
    "enquiry_date": listed("anfragedatum datededemande fechaconsulta 引合日"),
    "channel": listed("vertriebskanal kanal vertriebsweg canal canaldevente canaldeventa チャネル 販売チャネル "
        "销售方式"),
    "name": listed("kundenname firma artikelbezeichnung bezeichnung nomclient raisonsociale nom désignation libellé "
        "razónsocial nombre nombrecliente descripción 顧客名 得意先名 商品名 会社名 displayname partyname ledgername "
        "物料名称 客户"),
    "trade_class": listed("kundengruppe kundenart kundenklasse typedeclient catégorieclient tipodecliente "
        "grupodecliente 業種 顧客区分 取引区分 customerpostinggroup"),
    "region": listed("gebiet bundesland land région pays secteur región país provincia zona 地域 都道府県 エリア "
        "countryregioncode salesdistrict 销售大区"),
    "industry": listed("branche secteurdactivité sectoractividad 産業"),
    "size_class": listed("betriebsgröße taille tamaño 規模"),
    "credit_limit": listed("kreditlimit plafonddecrédit encoursautorisé límitedecrédito 与信限度額 creditlimitlcy"),
    "parent_id": listed("konzern muttergesellschaft maisonmère empresamatriz 親会社"),
    "tax_number": listed("ustidnr ustid umsatzsteuerid steuernummer numérotva numérodetva siret siren nif cif rfc nit "
        "法人番号 gstin"),
    "phone": listed("telefon telefonnummer telefonnr handy téléphone portable teléfono móvil 電話番号 電話"),
    "address": listed("straße strasse anschrift adresse rue dirección domicilio calle 住所"),
    "town": listed("ort stadt wohnort ville commune ciudad población municipio 市区町村"),
    "valid_from": listed("gültigab gültigvon validedepuis válidodesde 有効開始日"),
    "category": listed("warengruppe artikelgruppe produktgruppe famille catégorie familia categoría カテゴリ 商品分類 "
        "itemgroup itemcategorycode materialgroup categid 存货分类 物料分类 产品分类"),
    "stock": listed("bestand lagerbestand existencias 在庫 在庫数 qtyonhand qtyavailable 现存量 结存数量"),
    "team": listed("abteilung équipe equipo チーム 部署 销售部门"),
    "period": listed("zeitraum monat période mois período mes 期間 月"),
    "target": listed("ziel zielwert soll objectif objetivo 目標 目標額"),
    "metric": listed("kennzahl indicateur indicador 指標"),
    "invoice_id": listed("rechnungsnummer rechnungsnr n°facture numérodefacture nºfactura númerodefactura 請求書番号 "
        "发票号码 documentno belegnummer"),
    "instalment": listed("ratennummer ratennr teilzahlung teilzahlungnr teilrechnung numéroéchéance n°échéance "
        "tranche cuota númerocuota nºcuota 分割回数 instlmntid installmentid instalmentid buzei 分期序号 分期期数 "
        "期号 付款阶段 收款阶段"),
    "invoice_date": listed("rechnungsdatum datedefacture datefacture fechafactura fechadefactura 請求日 postingdate"),
    "due_date": listed("fälligam fälligkeit fälligkeitsdatum échéance datedéchéance dateéchéance vencimiento "
        "fechavencimiento fechadevencimiento 支払期日 期日 netduedate"),
    "amount": listed("rechnungsbetrag betrag montantttc montant importetotal importe 請求金額 入金額 grandtotal "
        "originalamount zahlbetrag 价税合计"),
    "payment_date": listed("zahlungsdatum zahlungseingang datedepaiement datepaiement fechadepago fechapago 入金日"),
    "first_contact_date": listed("erstkontakt angelegtam premiercontact primercontacto 登録日"),
    "date": listed("datum besuchsdatum fecha datedevisite 日付 訪問日"),
    "kind": listed("art typ tipo genre 種別"),
    "topic": listed("thema betreff sujet objet asunto 件名"),
    "outcome": listed("ergebnis résultat resultado 結果"),
    "score": listed("note bewertung punkte puntuación 評点"),
    "source": listed("herkunft quelle origine origen 流入元"),
    "prospect_id": listed("interessentennr prospectno"),
}  # fmt: skip
