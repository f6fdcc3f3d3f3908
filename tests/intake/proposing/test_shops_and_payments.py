"""What marketplaces, payment providers and ledgers list beside sales is set aside or asked about, never added up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exports import proposed

from helpers.intake import propose_map

SETTLED = (
    "settlement-id,order-id,posted-date,sku,quantity-purchased,amount-type,amount-description,currency,amount"
)


def settlement():
    rows = ["9,,,,,,,EUR,"]
    for order, price in (("302-1", 100), ("302-2", 50)):
        parts = {"ItemPrice,Principal": price, "ItemPrice,Tax": price * 0.19, "ItemPrice,Shipping": 4}
        for what, amount in (parts | {"ItemFees,Commission": -price * 0.15}).items():
            rows.append(f"9,{order},2026-03-02,A1,2,{what},EUR,{amount:.2f}")
    rows.append("9,302-1,2026-03-02,A1,,Promotion,Principal,EUR,-10.00")
    rows.append("9,302-2,2026-03-09,A1,,ItemPrice,Principal,EUR,-25.00")
    rows.append("9,,2026-03-10,,,other-transaction,Subscription Fee,EUR,-39.00")
    return "\n".join([SETTLED, *rows])


@pytest.mark.parametrize(("answer", "net"), [(0, "115.00"), (1, "123.00")])
def test_of_an_order_line_spread_over_price_tax_shipping_and_fees_the_price_is_the_sale(
    tmp_path, answer, net
):
    found = proposed(tmp_path, {"settlement": settlement()}, customer_id=0, where=answer)
    assert found.net == Decimal(net) and "Commission" in found.text
    assert found.lines["customer_id"].isna().all()


PROVIDERS = {
    "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Customer ID": """\
txn_1,charge,ch_1,100.00,3.20,96.80,eur,2026-03-02 09:00,cus_A
txn_2,charge,ch_2,200.00,6.10,193.90,eur,2026-03-03 09:00,cus_B
txn_3,refund,re_2,-50.00,0.00,-50.00,eur,2026-03-10 09:00,cus_B
txn_4,stripe_fee,,-2.00,0.00,-2.00,eur,2026-03-11 09:00,
txn_5,payout,po_1,-238.70,0.00,-238.70,eur,2026-03-13 09:00,""",
    "Date,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Quantity": """\
2026-03-02,Kestrel,Express Checkout Payment,Completed,EUR,100.00,-3.20,96.80,T1,1
2026-03-03,Merlin,Website Payment,Completed,EUR,200.00,-6.10,193.90,T2,1
2026-03-10,Merlin,Payment Refund,Completed,EUR,-50.00,0.00,-50.00,T3,1
2026-03-20,,General Withdrawal,Completed,EUR,-238.70,0.00,-238.70,T4,""",
}


@pytest.mark.parametrize("heads", PROVIDERS)
def test_payouts_and_fees_of_a_payment_provider_are_no_sales_and_take_nothing_off_them(tmp_path, heads):
    tables = {"balance": f"{heads}\n{PROVIDERS[heads]}"}
    asked = {"net_amount": 5} if "Quantity" not in heads else {}  # no tax is in it
    assert proposed(tmp_path, tables, **asked).net == Decimal(250)


def test_what_was_given_back_of_a_payment_is_asked_with_its_tax_and_makes_no_credit_of_it(tmp_path):
    lines = """\
id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Fee,Status,Customer ID
ch_1,2026-03-02 09:00:00,100.00,0.00,eur,TRUE,3.20,Paid,cus_A
ch_2,2026-03-03 09:00:00,200.00,50.00,eur,TRUE,6.10,Partially Refunded,cus_B
ch_3,2026-03-05 09:00:00,90.00,0.00,eur,FALSE,0.00,Failed,cus_B"""
    assert proposed(tmp_path, {"unified_payments": lines}, net_amount=10).net == Decimal(250)


def test_a_discount_is_asked_also_where_the_tax_is(tmp_path):
    """The order's value was counted in full, because the question about its tax had come first."""
    lines = """\
Sale Date,Order ID,Buyer,Number of Items,Currency,Order Value,Discount Amount,Shipping,Sales Tax,Order Total
2026-03-02,O1,kestrel,3,EUR,105.00,6.00,5.00,0.00,104.00
2026-03-19,O2,merlin,1,EUR,20.00,0.00,4.00,0.00,24.00"""
    found = proposed(tmp_path, {"orders": lines}, net_amount=0)
    assert "less Discount Amount" in found.text and found.net == Decimal(119)


def test_a_discount_beside_an_amount_without_a_price_is_asked_about(tmp_path):
    lines = """\
订单号,订单状态,商品总价(元),店铺优惠折扣(元),商品数量(件),商家编码,订单成交时间,售后状态,买家昵称
P1,已收货,200.00,10.00,2,A1,2026-03-02 09:00:00,无售后或售后取消,安
P2,已发货,250.00,0.00,1,B1,2026-03-05 09:00:00,无售后或售后取消,博
P3,已收货,80.00,0.00,1,C1,2026-03-06 09:00:00,退款成功,才
P4,"未发货，退款成功",60.00,0.00,1,C1,2026-03-07 09:00:00,退款成功,才
P5,待支付,70.00,0.00,1,C1,2026-03-08 09:00:00,无售后或售后取消,才"""
    assert proposed(tmp_path, {"订单": lines}, net_amount=0).net == Decimal(440)


def test_a_discount_that_the_amounts_beside_it_show_taken_off_is_not_asked(tmp_path):
    lines = """\
Date,Item,Qty,Gross Sales,Discounts,Net Sales,Transaction ID,Event Type,Customer ID,Currency
2026-03-02,Lamp,2,60.00,-6.00,54.00,T1,Payment,C1,EUR
2026-03-02,Desk,1,45.00,0.00,45.00,T1,Payment,C1,EUR
2026-03-19,Vase,-1,-20.00,0.00,-20.00,T2,Refund,C2,EUR"""
    found = proposed(tmp_path, {"items": lines})
    assert found.asked == [] and found.net == Decimal(79)


def test_an_amount_to_be_paid_that_is_less_than_price_by_quantity_is_asked_about(tmp_path):
    lines = """\
订单号,商品ID,订购数量,下单时间,京东价,结算金额,订单状态,下单帐号
J1,A1,2,2026-03-02 09:00:00,100.00,200.00,完成,kestrel
J2,B1,1,2026-03-05 09:00:00,250.00,230.00,完成,merlin
J3,C1,1,2026-03-06 09:00:00,80.00,80.00,(删除)等待出库,osprey"""
    assert proposed(tmp_path, {"京东": lines}, net_amount=0).net == Decimal(430)
    assert proposed(tmp_path, {"京东": lines}, net_amount=1).net == Decimal(450)


def test_an_order_that_was_split_is_not_sold_beside_its_parts(tmp_path):
    lines = """\
内部订单号,线上订单号,买家账号,下单时间,状态,商品编码,数量,商品单价,商品金额
501,T1,kestrel,2026-03-02,已发货,A1,2,100,200
502,T2,merlin,2026-03-05,被拆分,B1,1,45,45
502,T2,merlin,2026-03-05,被拆分,C1,1,80,80
503,T2,merlin,2026-03-05,已发货,B1,1,45,45
504,T2,merlin,2026-03-05,已发货,C1,1,80,80"""
    assert proposed(tmp_path, {"订单": lines}).net == Decimal(325)


def test_the_row_of_an_order_above_its_items_is_asked_about(tmp_path):
    lines = """\
Sales Record Number,Order Number,Buyer Username,Item Number,Quantity,Sold For,Sale Date
101,12-001,kestrel,,3,105.00,2026-03-02
101,12-001,kestrel,501,2,60.00,2026-03-02
101,12-001,kestrel,502,1,45.00,2026-03-02
102,12-002,merlin,503,1,20.00,2026-03-19

2,record(s) downloaded,from 2026-03-01,,,,"""
    assert proposed(tmp_path, {"orders": lines}, where=0).net == Decimal(125)


@pytest.mark.parametrize(("answer", "net"), [(1, "1652.00"), (0, "-1652.00")])
def test_in_a_day_book_sales_less_credit_notes_count_on_either_side(tmp_path, answer, net):
    lines = """\
Date,Particulars,Vch Type,Vch No.,Debit Amount,Credit Amount
2026-04-01,Kestrel Tools,Sales,1,1180,
2026-04-01,HDFC Bank,Receipt,1,,500
2026-04-03,Merlin Supply,Sales,2,590,
2026-04-04,Merlin Supply,Credit Note,1,,118
2026-04-05,Rent,Payment,1,300,
2026-04-06,Osprey Mills,Purchase,7,,900"""
    assert proposed(tmp_path, {"day book": lines}, net_amount=answer, where=0).net == Decimal(net)


def test_of_a_customers_open_items_in_sap_payments_are_no_sales(tmp_path):
    lines = """\
Customer,DocumentNo,Ty,Doc. Date,Amount in local cur.,LCurr
10001,1800000001,RV,2026-03-02,1190.00,GBP
10001,1800000003,RG,2026-03-09,-119.00,GBP
10001,1400000001,DZ,2026-03-20,-500.00,GBP
10002,1800000004,RV,2026-03-12,595.00,GBP"""
    assert proposed(tmp_path, {"open items": lines}, net_amount=5).net == Decimal(1666)


def test_who_the_customers_are_is_asked_where_no_column_says_it(tmp_path):
    lines = "Order No,Order Date,Item No,Qty,Marketplace,Net Amount\n" + "\n".join(
        f"R{n},2026-03-0{1 + n},A1,1,{'de' if n % 2 else 'fr'},10.00" for n in range(6)
    )
    assert set(proposed(tmp_path, {"sales": lines}, customer_id=1).lines["customer_id"]) == {"de", "fr"}


def test_payments_of_customers_beside_invoices_stay_payments(tmp_path):
    orders = "order_id,order_date,customer_id,quantity,net_amount\nA,2026-03-01,C1,1,10.00"
    payments = "Receipt No,Payment Date,Customer No,Amount\n1,2026-03-05,C1,5.00\n2,2026-03-09,C1,5.00"
    (tmp_path / "d").mkdir()
    for name, text in (("order_lines", orders), ("payments", payments)):
        (tmp_path / "d" / f"{name}.csv").write_text(text)
    text = propose_map(tmp_path / "d")
    assert "[tables.payments]" in text and "payment_date" in text
