"""What the standard tables and columns are called elsewhere: for proposals only, which are held against the values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from helpers.intake.proposing.foreign_words import COLUMNS, TABLES, listed
from helpers.intake.proposing.foreign_words import MONTH_WORDS as MONTH_WORDS
from helpers.intake.proposing.foreign_words import plain as plain
from helpers.intake.values.han import Words
from helpers.intake.values.units import unit
from helpers.settings.source import TableName

#: Table -> words in file, sheet or table names, in English and Chinese.
_TABLES: dict[TableName, tuple[str, ...]] = {
    "order_lines": listed("orderlines orderline orderdetails salesdetails sales orders 销售明细 订单明细 销售 订单 "
        "orderlist salesledger salesexport transactions 销售流水 流水 出库 发货明细"),
    "customers": listed("customers customer clients accounts resellers dealers 客户 客户资料 客户档案 客户清单 "
        "客户列表 customerlist customermaster"),
    "products": listed("products product items articles materials 产品 商品 物料"),
    "salespeople": listed("salespeople salesperson salesreps reps employees 业务员 销售员 员工"),
    "targets": listed("targets target quota quotas budget plan 目标 销售目标"),
    "invoices": listed("invoices invoice receivables 发票 应收 应收账款"),
    "payments": listed("payments payment receipts 付款 收款 回款"),
    "interactions": listed("interactions visits contacts calls activities 拜访 联系 回访"),
    "complaints": listed("complaints complaint tickets claims 投诉"),
    "surveys": listed("surveys survey satisfaction nps 调查 满意度"),
    "wallet_evidence": listed("wallet walletevidence potential 总采购 采购潜力"),
    "prospects": listed("prospects prospect leads enquiries inquiries 潜在客户 询价"),
    "customer_aliases": listed("customeraliases aliases samecustomers mergedcustomers duplicatecustomers 客户合并 "
        "客户去重 客户编号对照"),
    "buying_groups": listed("buyinggroups buyinggroup purchasinggroups groupmembers 采购联盟 采购集团 联采成员"),
    "days_off": listed("daysoff holidays closures closingdays 放假 放假安排 节假日 休息日"),
    "exchange_rates": listed("exchangerates exchangerate fxrates currencyrates eurofxref wechselkurse 汇率 汇率表 "
        "外汇牌价 汇率中间价 中间价"),
    "action_results": listed("actionresults actions actionlist todo 行动结果 行动清单 行动"),
    "quotes": listed("quotes quotations quotation offers angebote angebot devis presupuestos ofertas 見積 报价 报价单 "
        "报价记录 报价明细"),
    "deliveries": listed("deliveries delivery shipments dispatches 发货 发货记录 交货 交付记录"),
    "return_reasons": listed("returnreasons returns 退货原因 退货 退货记录"),
    "rebate_agreements": listed("rebateagreements rebates rebateterms bonusagreements 返利协议 返利政策 返利条款"),
    "rebate_payments": listed("rebatepayments rebatespaid bonuspayments 返利支付 返利兑付 返利发放 返利兑现"),
    "costs": listed("costs costtoserve servicecosts freightcosts 服务成本 费用 费用明细 运费"),
}  # fmt: skip

#: Standard column -> other names of it in English and Chinese, as :func:`plain` writes them.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "order_id": listed("orderid orderno ordernumber order invoice invoiceno salesordernumber documentno 订单编号 "
        "订单号 单号 销售单号 单据编号 docno docnumber invoicenumber orderref salesorder 单据号 发货单号 出库单号"),
    "order_date": listed("orderdate date invoicedate salesdate documentdate 订单日期 下单日期 销售日期 日期 docdate "
        "postingdate purchasedate orderedon 单据日期 出库日期 发货日期 开单日期"),
    "customer_id": listed("customerid customerno customernumber customer customerkey clientid accountid resellerkey "
        "custid custno 客户编号 客户号 客户代码 客户编码 客户id custcode customercode clientno accountno acno "
        "accountnumber debtorno soldto 往来单位编码 购货单位编码"),
    "line_no": listed("lineno linenumber line ln orderlinenumber salesorderlinenumber position 行号 序号 项次"),
    "product_id": listed("productid productno productcode productkey product sku stockcode itemno article materialno "
        "产品编号 商品编号 产品代码 商品编码 物料编码 货号 itemcode itemnumber articleno partno 货品编号 货品编码 "
        "存货编码 产品编码 商品代码"),
    "quantity": listed("quantity qty orderquantity quantityordered units pieces 数量 销售数量 订货数量 amountordered "
        "pcs 数量件 发货数量 出库数量"),
    "net_amount": listed("netamount 折后金额 amount salesamount net netsales linetotal revenue turnover 金额 销售金额 "
        "净额 销售额 不含税金额 saleamount netvalue linevalue linenet netpricetotal salesvalue amountnet 销售净额 "
        "成交金额 未税金额"),
    "list_amount": listed("listamount extendedamount listtotal 标价金额 原价金额"),
    "cost_amount": listed("costamount cost totalcost totalproductcost 成本 成本金额 销售成本 costvalue 成本合计"),
    "currency": listed("currency currencycode 币种 货币"),
    "rate": listed("rate rebaterate rebatepercent 返利率 返利比例 返点 exchangerate fxrate midrate middlerate 汇率 "
        "中间价 折算价 中行折算价 折算汇率"),
    "quotation": listed("quotation quotationmethod 标价法 标价方式"),
    "settled_amount": listed("settledamount 核销金额"),
    "units": listed("units perunits 外币单位 报价单位"),
    "salesperson_id": listed("salespersonid salesperson salesrep salesrepid rep employeekey employeeid 业务员 "
        "业务员编号 销售员 销售员编号 salesman accountmanager owner 业务员姓名 业务经理 客户经理"),
    "enquiry_date": listed("enquirydate inquirydate 询价日期"),
    "channel": listed("channel saleschannel 渠道 销售渠道"),
    "name": listed("name customername resellername productname englishproductname company companyname description "
        "fullname 客户名称 产品名称 商品名称 名称 姓名 clientname accountname tradingname itemname 客户全称 客户简称 "
        "货品名称 存货名称 往来单位"),
    "trade_class": listed("tradeclass businesstype customertype customerclass segment 业种 客户类型 行业类别 "
        "tradetype channeltype customergroup outlettype accounttype 客户分类 客户类别 渠道类型"),
    "region": listed("region territory country area salesarea state 地区 区域 国家 省份 district 所属区域 所属地区 "
        "销售区域 省市"),
    "industry": listed("industry sector 行业"),
    "size_class": listed("sizeclass size companysize 规模 企业规模"),
    "acquisition_source": listed("acquisitionsource leadsource 客户来源 来源"),
    "first_contact_date": listed("firstcontactdate firstcontact created opened dateopened accountopened 首次接触日期 "
        "首次联系日期 建档日期"),
    "credit_limit": listed("creditlimit 信用额度 信用限额 creditline creditltd 授信额度"),
    "interest_level": listed("interestlevel interest 关心程度 兴趣程度"),
    "parent_id": listed("parentid parent parentcustomer headoffice parentaccount ultimateparent chain 上级客户 母公司 "
        "总公司 总部 所属集团 集团编号 上级客户编号"),
    "status": listed("status customerstatus accountstatus licence license licencestatus businessstatus closed "
        "isclosed gesperrt geschlossen ferme fermee cerrado 状态 客户状态 经营状态 营业状态 登记状态 企业状态 "
        "是否停业 停业 注销 歇业"),
    "closed_date": listed("closeddate closingdate closuredate closedon dateclosed 停业日期 注销日期 歇业日期 关店日期 "
        "闭店日期 停业时间 注销时间"),
    "same_as": listed("sameas mergedinto newcustomerid newcustomerno replacedby 合并到 新客户编号 保留编号 同客户"),
    "from_date": listed("fromdate decidedon 合并日期 生效日期 启用日期"),
    "decision": listed("decision verdict 判定 结论"),
    "decided_by": listed("decidedby reviewer reviewedby 审核人 判定人"),
    "reason": listed("reason note lostreason returnreason 原因 理由 备注 丢单原因 退货原因"),
    "quote_id": listed("quoteid quoteno quotenumber quotationno quote angebotsnr angebotsnummer angebot n°devis "
        "numérodevis nºpresupuesto 見積番号 报价单号 报价编号"),
    "quote_date": listed("quotedate quotationdate quotedon angebotsdatum datedevis 見積日 报价日期 报价时间"),
    "decided_at": listed("decidedat decisiondate closedon 成交日期 决定日期 结果日期"),
    "promised_date": listed("promiseddate requireddate deliverydate duedeliverydate 承诺交期 交货日期 要求到货日期"),
    "shipped_date": listed("shippeddate shipdate dispatchdate shippedon 实际发货日期 发货日期 出库日期"),
    "recorded_on": listed("recordedon registeredon 登记日期"),
    "action": listed("action 行动代码 行动"),
    "agreement_id": listed("agreementid agreement agreementno contractno 协议编号 返利协议号 协议号 合同号"),
    "first_day": listed("firstday startdate periodstart validfrom 开始日期 起始日期 协议开始"),
    "last_day": listed("lastday enddate periodend validto 结束日期 截止日期 协议结束"),
    "basis": listed("basis rebatebasis 返利依据 计算依据 考核指标"),
    "counting": listed("counting bracketmethod 计算方式 计返方式"),
    "bracket_from": listed("bracketfrom threshold tierfrom 起点 档位起点 达标线 门槛"),
    "unit_amount": listed("unitamount rebateperunit 单位返利 单件返利"),
    "base_amount": listed("baseamount basesales 基数 基数金额 基期销售额"),
    "paid_in": listed("paidin paymentform 兑付方式 返利形式"),
    "month": listed("month 月份"),
    "note": listed("note remark remarks 备注 说明"),
    "group_id": listed("groupid buyinggroup buyinggroupid purchasinggroup 集团编号 联盟编号 采购联盟"),
    "group_name": listed("groupname buyinggroupname 集团名称 联盟名称"),
    "tax_number": listed("taxnumber taxid taxno vatnumber vatid vatno vatregistrationno taxregistrationno 税号 "
        "纳税人识别号 统一社会信用代码 社会信用代码 税务登记号"),
    "phone": listed("phone phoneno phonenumber telephone mobile mobilephone tel 电话 联系电话 手机 手机号 手机号码 "
        "电话号码"),
    "address": listed("address addressline1 streetaddress street address1 地址 联系地址 详细地址 注册地址 公司地址 "
        "客户地址"),
    "town": listed("town city 城市 所在城市 市"),
    "valid_from": listed("validfrom effectivefrom since 生效日期"),
    "category": listed("category productcategory productline 类别 产品类别 商品类别 投诉类别"),
    "offering_role": listed("offeringrole role 产品角色"),
    "launch_date": listed("launchdate startdate 上市日期"),
    "stock": listed("stock quantityinstock inventory 库存 库存数量"),
    "stock_date": listed("stockdate countedon inventorydate 库存日期 盘点日期"),
    "team": listed("team department 团队 部门"),
    "period": listed("period month quarter year 期间 月份"),
    "scope_type": listed("scopetype 范围类型"),
    "scope_id": listed("scopeid 范围"),
    "metric": listed("metric kpi 指标"),
    "target": listed("target quota salesamountquota budget 目标 目标额"),
    "recorded_at": listed("recordedat targetset seton 目标制定日期 下达日期"),
    "invoice_id": listed("invoiceid invoiceno invoicenumber 发票号 发票编号"),
    "instalment": listed("instalment installment instalmentno installmentno instalmentnumber installmentnumber 期次 "
        "分期 分期号 期数 付款期数 付款期次 收款期次"),
    "invoice_date": listed("invoicedate 发票日期 开票日期"),
    "due_date": listed("duedate 到期日 应付日期 到期日期"),
    "amount": listed("amount invoiceamount invoicedamount paidamount paymentamount 金额 发票金额 付款金额 收款金额"),
    "payment_date": listed("paymentdate settleddate paiddate 支付日期 付款日期 收款日期 回款日期"),
    "date": listed("date visitdate contactdate surveydate 日期 拜访日期 调查日期"),
    "kind": listed("kind type activity 类型 联系方式"),
    "announced_on": listed("announcedon announced announcedate 公布日期 通知日期"),
    "contact_role": listed("contactrole 联系人角色"),
    "topic": listed("topic subject 主题"),
    "outcome": listed("outcome result 结果"),
    "opened_at": listed("openedat opened complaintdate 投诉时间 投诉日期"),
    "severity": listed("severity priority 严重程度"),
    "first_response_at": listed("firstresponseat firstresponse 首次回复时间"),
    "resolved_at": listed("resolvedat resolved closed 解决时间"),
    "score": listed("score rating 得分 评分"),
    "scale_min": listed("scalemin 最低分"),
    "scale_max": listed("scalemax 最高分"),
    "question": listed("question 问题"),
    "as_of": listed("asof 截至日期"),
    "annual_purchases": listed("annualpurchases annualspend 年采购额"),
    "method": listed("method 方法"),
    "prospect_id": listed("prospectid leadid 潜在客户编号"),
    "source": listed("source leadsource 来源"),
    "grade": listed("grade leadgrade 等级"),
    "converted_customer_id": listed("convertedcustomerid 转化客户编号"),
    "converted_date": listed("converteddate 转化日期"),
}  # fmt: skip

#: Table -> words in file, sheet or table names.
TABLE_WORDS = {table: (*words, *TABLES.get(table, ())) for table, words in _TABLES.items()}

#: Standard column -> other names of it, as :func:`plain` writes them.
COLUMN_WORDS = {name: (*words, *COLUMNS.get(name, ())) for name, words in _COLUMNS.items()}

#: Names of a customer's name: what lines tell customers apart by where they have no number.
CUSTOMER_NAME_WORDS = listed(
    "customername clientname accountname resellername buyer buyername company companyname partyname party "
    "particulars billingname billingcompany name customerdisplayname soldtoname kunde kundenname firma "
    "colastname debiteur nomclient nomduclient raisonsociale client cliente nombrecliente razónsocial "
    "客户网名 contacto "
    "客户 客户名称 客户全称 客户简称 往来单位 往来单位名称 购货单位 购货单位名称 购买方 购买方名称 购方 购方名称 "
    "得意先名 得意先 顧客名 取引先名 取引先 email billingemail contactname buyercompanyname name1 rowlabels "
    "zeilenbeschriftungen 行标签 往来单位全名 客戶名稱 "
    "partner account accountcode a/c klant klantnaam ragionesociale nomecliente nazwakontrahenta kontrahent contact "
    "cariadı müşteri müşteriadı kund kundnamn kundenavn kunde контрагент покупатель клиент 거래처명 고객명 "
    "tênkháchhàng 取引先名称 carihesap vevő vevőneve asiakas stranka kupec πελάτης namapelanggan entidade "
    "nombretercero nomedocontato שםלקוח לקוח العميل اسمالعميل ชื่อลูกค้า"
)

#: What a column of years is called.
YEAR_WORDS = listed(
    "year fiscalyear financialyear fy jahr geschaftsjahr année annee exercice año ano ejercicio 年 年份 年度 会计年度"
)

#: What a column is beside the standard columns, and by what names: amounts and words from which lines are proved.
ROLES: dict[str, tuple[str, ...]] = {
    "price": listed("price unitprice netprice priceeach salesprice rate unitrate lineitemprice itemcost 单价 销售单价 "
        "无税单价 不含税单价 einzelpreis preis stückpreis vkpreis prixunitaire pu puht prix preciounitario precio "
        "単価 unitpriceexclvat prijs stuksprijs verkoopprijs prezzounitario prezzo precounitario preco cenanetto cena "
        "商品单价 京东价 birimfiyat àpris pris stykpris cenazamj цена 단가 đơngiá vlrunit preçounit valorunitário "
        "egységár yksikköhinta hargasatuan valorunitario pretunitar "
        "מחירליחידה מחיר سعرالوحدة السعر τιμή ราคาต่อหน่วย ราคา hargasetelahdiskon"),
    "price_per": listed("priceunit priceper preiseinheit peinheit pe kpein pricequantity pricingunit per "
        "conditionunit 价格单位 计价数量"),
    "pack_size": listed("packsize unitsperpack unitspercase unitsperbox piecesperpack piecespercase casepack caseqty "
        "qtypercase qtyperpack qtyperunitofmeasure conversionfactor uomconversionfactor unitsperpackage innerqty "
        "casesize 箱规 装箱数 装箱量 入数 每箱数量 件装数 包装数 包装数量 包装规格数量 换算率 换算系数 单位换算 "
        "verpackungseinheit vpe mengejegebinde gebindeinhalt mengeprove conditionnement colisage unitesparcolis "
        "unidadesporcaja uxc 入り数"),
    "measure": listed("uom me unitofmeasure unitofmeasurecode salesunit salesuom unit 单位 计量单位 销售单位 einheit "
        "mengeneinheit verkaufseinheit unité unidad unidaddemedida 単位"),
    "returned": listed("returnedqty returnedquantity qtyreturned quantityreturned returnqty returnquantity 退货数量 "
        "退回数量 退货数 cancelledqty canceledqty qtycancelled cancelledquantity quantitycancelled 取消数量 "
        "retourmenge retourenmenge quantitéretournée cantidaddevuelta 返品数 返品数量"),
    "delivered": listed("qtyinvoiced invoicedqty invoicedquantity quantityinvoiced qtyshipped shippedqty "
        "shippedquantity quantityshipped qtydelivered deliveredqty deliveredquantity quantitydelivered billedqty "
        "billedquantity 实发数量 出库数量 发货数量 开票数量 已发数量 已出库数量 liefermenge geliefertemenge "
        "fakturiertemenge quantitélivrée quantitéfacturée cantidadentregada cantidadfacturada 出荷数 出荷数量"),
    "packs": listed("packs cases boxes cartons qtypacks qtycases packqty packages ctns 箱数 件数 包数 kartons "
        "kartonzahl gebinde colis cajas ケース数"),
    "price_with_tax": listed("unitpriceinclvat unitpriceincltax priceincltax grossprice 含税单价 含税价 bruttopreis "
        "preisbrutto puttc prixttc precioconiva 税込単価"),
    "gross": listed("gross grossamount grosstotal grossvalue grosssales amountinclvat amountincltax "
        "amountincludingvat amountincludingtax lineamountinclvat amountwithtax totalincltax totalinclvat totalwithtax "
        "totalincludingtax linetotalinclvat linetotalincltax linetotalinclgst linetotalincludingtax amountinclgst "
        "价税合计 含税金额 含税销售额 含税总额 含税合计 税价合计 本币价税合计 原币价税合计 brutto bruttobetrag "
        "bruttosumme bruttoumsatz betragbrutto montantttc totalttc ttc importeconiva totalconiva importebruto "
        "税込金額 税込 税込合計 pricetotal bedraginclbtw bedraginclusiefbtw importolordo totaleivato valorbruto "
        "totalcomiva wartoscbrutto kwotabrutto invoicevalue totalinvoicevalue invoicevalueinclgst 商品实付金额 "
        "实付金额 bruttóérték bruttóösszeg kdvdahil celkemsdph "
        "סה\"ככוללמע\"מ الإجماليشاملالضريبة συνολικήαξία รวมทั้งสิ้น beløpinklmva"),
    "tax": listed("tax taxamount taxes vat vatamount gst gstamount salestax totaltax totaltaxes linetax itemtaxamount "
        "itemtax igst igstamount 税额 增值税 销项税额 税金 mwst mwstbetrag ust ustbetrag umsatzsteuer steuer "
        "steuerbetrag tva montanttva iva importeiva cuotaiva 消費税 消費税額 税額 pricetax btw btwbedrag importoiva "
        "valoriva kwotavat mwsbp cgst cgstamount sgst hst pst qst ipi valoripi statetax kdvtutarı áfaérték ppn dph "
        "arvonlisävero dphcelkem mva מע\"מ الضريبة ضريبةالقيمةالمضافة φπα ภาษี ภาษีมูลค่าเพิ่ม thuếgtgt"),
    "rate": listed("taxrate vatrate vat% gstrate tax% taxpercent vatpercent 税率 增值税率 mwstsatz ustsatz steuersatz "
        "mwst% ust% tauxtva tauxdetva tva% áfakulcs alv% kdv% kdvoranı tipoiva tipodeiva iva% 消費税率 ratetax 税率% "
        "itemtax%"),
    "discount": listed("discount discounts discountamount linediscount linediscountamount lineitemdiscount disc "
        "discount% linediscount% discountpercent discountpct discountrate unitdiscount 折扣 折扣额 折扣金额 折扣率 "
        "单价折扣 orderdiscount% orderdiscountpercent documentdiscount% invoicediscount% headerdiscount% 整单折扣率 "
        "优惠 优惠金额 rabatt rabattbetrag rabatt% rabattsatz nachlass skonto remise remise% montantremise descuento "
        "descuento% dto dto% 値引 値引額 値引率 割引 itempromotiondiscount korting sconto desconto rabat 店铺优惠折扣 "
        "店铺优惠 promotionalrebates"),
    "document": listed("total subtotal ordertotal orderamount ordersubtotal grandtotal invoicetotal documenttotal "
        "totalamount shipping shippingcost freight 订单总额 订单金额 总额 总金额 运费 整单折扣 auftragssumme "
        "rechnungsbetrag gesamtbetrag summe versandkosten totalcommande totalfacture totalpedido totalfactura 合計 "
        "合計金額 送料 orderdiscount ordershipping cartdiscount"),
    "refund": listed("returnamount returnedamount returnsamount returnedvalue 退货金额 退货额 retourenbetrag "
        "montantretour refundedamount refundamount amountrefunded refunded refundtotal totalrefunded "
        "orderrefundamount 退款金额 已退款金额 退款额 erstattet erstattungsbetrag montantrembourse importereembolsado"),
    "unit_cost": listed("unitcost costprice costeach costpriceeach standardcost standardprice avgcost 成本单价 "
        "单位成本 成本价 进价 einstandspreis einkaufspreis stückkosten coûtunitaire prixderevient prixachat "
        "costeunitario preciocoste 原価単価 purchaseprice buyprice lineitemcost valuationrate"),
    "status": listed("status state docstatus documentstatus orderstatus invoicestatus salesstatus financialstatus "
        "стадия стадиясделки статус состояние "
        "paymentstatus fulfillmentstatus stage cancelled canceled void voided iscancelled 状态 订单状态 单据状态 "
        "postingstatus approvalstatus billingstatus overallstatus headerstatus linestatus itemstatus recordstatus "
        "transactionstatus salesorderstatus 审批状态 过账状态 记账状态 行状态 buchungsstatus 审核状态 交易状态 "
        "业务状态 发货状态 作废 是否作废 auftragsstatus bestellstatus belegstatus tila laskuntila stav állapot stare "
        "durum trạngthái statuspesanan situação الحالة סטטוס สถานะ statusdokumentu "
        "statut état etat estado situación 状態 ステータス 受注状況"),
    "cancelled": listed("deletedat deletedon removedat 删除时间 删除日期 cancelledat canceledat cancelledon "
        "cancelleddate cancellationdate voideddate 取消时间 作废日期 stornodatum storniertam datedannulation "
        "fechaanulación キャンセル日"),
    "debit": listed("debit dr debitamount moneyin paidin deposit deposits 收入金额 入金 借方 借方金额 借方发生额 soll "
        "débit debe 借方金額"),
    "credit": listed("credit cr creditamount moneyout paidout withdrawal withdrawals 支出金额 出金 贷方 贷方金额 "
        "贷方发生额 haben crédit haber 貸方 貸方金額"),
}  # fmt: skip

#: Names of a price for one unit, from which a missing amount can be derived.
UNIT_PRICE_WORDS = ROLES["price"]

#: Words by which the name of a file or sheet says that returns stand there.
_RETURNED = (
    r"(?<![^\W\d_])(?:returns?|refunds?|credits?(?![ _-]?(?:sales?|customers?|cards?)(?![a-z]))|cr\.? ?memos?|cn|rma|"
    r"credit[ _-]?notes?|(?:retour|rücksendung|gutschrift|rechnungskorrektur|storn|avoir|rembours|abono|devoluci|"
    r"devolu[cç]|rectificativ|creditnota|creditfactu|kredit(?!or|kund|kart)|korekt|zwrot|возврат|корректировк|hyvity|"
    r"retur|dobropis|πιστωτικ|επιστροφ|sztornó|jóváír|i\u0307?ade|stornar)[^\W\d_]*|not[ae]s? d[ei] cr[eé]dito|resi)"
    r"(?![^\W\d_])|退货|退款|退回|销退|红字|红冲|返品|赤伝|返金|반품|환불|זיכוי|החזר|مرتجع|trả hàng|ใบลดหนี้|คืนสินค้า"
)
RETURNS = Words(f"(?i){_RETURNED}")
#: Words in a name by which its rows are not further rows of the table: copies, what was bought, or was only offered or
#: planned, and returns, which may stand without a minus.
NOT_FURTHER_ROWS = Words(
    r"(?i)(?<![^\W\d_])(old|copy|kopie|copie|copia|backup|bak|draft|test|template|vorlage|summary|übersicht|"
    r"purchases?|suppliers?|vendors?|einkauf|einkäufe|lieferanten|achats?|fournisseurs?|compras?|proveedores|acquisti|"
    r"fornitori|inkoop|leveranciers?|zakupy|dostawcy|закупки|поставщики|"
    r"quot(?:es?|ations?)|offers?|angebote?|devis|presupuestos?|preventivi|offertes?|oferty|"
    r"budget|plan|forecast)(?![^\W\d_])"
    rf"|{_RETURNED}|副本|备份|旧|模板|汇总|采购|供应商|报价|预算|计划|仕入|見積|予算"
)
#: Words by which the type of a document, or the title of a part of a sheet, says so.
CREDITS = Words(
    r"(?i)\b(erlösschmälerung\w*|"
    r"credit(?! (card|sale|invoice|note issued|term|account))|refund(?!able)|refunded|return|returned|returns|"
    r"reversal|gutschrift|rechnungskorrektur|storno|stornorechnung|retouren?|rücksendung|avoirs?|retours?|remboursements?|"
    r"nota de cr[eé]dito|abonos?|devoluci[oó]n(es)?|rectificativa|devolu[cç](ão|ao|ões)|estorno|nota (di )?credito|"
    r"res[oi]|zwroty?|"
    r"возврат\w*|кредит-?нота|creditnota|creditfactuur|kredit(faktura|nota)|hyvitys\w*|[İi]ade\w*|retur|"
    r"dobropis\w*|πιστωτικ\w*|επιστροφ\w*|זיכוי|החזרה|sztornó|jóváír\w*|stornare|odobrenje)\b|"
    r"退货|退款|退回|红字|红冲|红单|贷项|冲销|冲红|負数|返品|赤伝|返金|値引戻|مرتجع|مردودات|إشعار دائن|반품|환불|"
    r"trả hàng|hàng trả|ใบลดหนี้|คืนสินค้า"
)

#: How the comment of a proposed map begins that names the titles above a head.
ABOVE = "# Above the head"
#: A title that says how large one of all amounts is.
_SIZE = re.compile(
    r"(?i)单位\s*[:：]?\s*(?:人民币)?\s*([百千万亿]+)元?|[(（]\s*(?:金额)?单位\s*[:：]?\s*([百千万亿]+)元?|([百千万亿]+)円|"
    r"\b(?:in|en)\s+(thousands?|millions?|milliers|miles|lakhs?|crores?)\b|"
    r"\b(tsd|mio)\b\.?\s*(?:€|eur|chf|usd)?|\bin\s+([tkm])\s?(?:€|eur|chf|usd|\$)|([(]000'?s?[)])"
)


def titles_of(comments: Iterable[str]) -> list[str]:
    """List the titles above a head that the comments of a proposed map name."""
    titles = (line.partition(": ")[2] for line in comments if line.startswith(ABOVE))
    return [text.strip() for title in titles for text in title.split(" / ")]


def size_of_titles(comments: Iterable[str]) -> tuple[int | Decimal, str]:
    """Find what titles above a head say of the size of all amounts, as ``单位：万元``; 1 where they say nothing.

    ``comments`` are those of a proposed map, some of which name the titles.
    """
    for text in titles_of(comments):
        match = _SIZE.search(text)
        times = unit(f"({next(filter(None, match.groups()))})")[0] if match else 1
        if match and times > 1:
            return times, f"{match[0].strip('()（） ')} by the title {text!r}"
    return 1, ""
